"""From prices to increases, on a real Redis protocol and a stub of ReceiptWitness."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from observed import FIRST, seen, served
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from cartsnitch_common.constants import EventType, Service, StoreSlug
from cartsnitch_common.events import decode_as, encode_event
from cartsnitch_common.models import new_id
from cartsnitch_common.schemas.events import Event, PriceIncreaseAlert, PricesUpdated
from stickershock.handlers import on_prices_updated
from stickershock.receiptwitness import ReceiptWitnessError
from stickershock.sightings import SeenPrices

pytestmark = pytest.mark.anyio
BEFORE, AFTER = ["3.49"] * 6, ["3.99"] * 4


@pytest.fixture
def milk(receiptwitness):
    """A product that ReceiptWitness knows."""
    product_id = new_id()
    receiptwitness.add(
        {"id": str(product_id), "canonical_name": "Oat milk", "category": "dairy"}, to="/products"
    )
    return product_id


def event(prices):
    """As it arrives."""
    message = encode_event(EventType.PRICES_UPDATED, Service.RECEIPT_WITNESS, PricesUpdated(prices=prices))
    return decode_as(message, Event[SeenPrices])


def contents(redis):
    """Everything that is kept, key by key."""
    return {key: redis.dump(key) for key in redis.scan_iter()}


async def test_a_rise_is_told_and_kept(watch, milk, published_events):
    """The event and the list say the same."""
    prices = seen(milk, *BEFORE, *AFTER)

    for price in prices:
        await on_prices_updated(event([price]), watch)

    told = published_events.of(PriceIncreaseAlert)
    (kept,) = [increase async for increase in watch.ledger.increases()]
    assert len(told) == 1
    assert told[0].payload.model_dump().items() <= kept.model_dump().items()
    assert (kept.canonical_name, kept.price_history_id) == ("Oat milk", prices[6].price_history_id)
    assert (str(kept.old_price), str(kept.new_price), str(kept.percent_change)) == ("3.49", "3.99", "14.33")


async def test_a_redelivered_event_changes_nothing(watch, milk, published_events, redis_client):
    """Neither the state nor what was told."""
    message = event(seen(milk, *BEFORE, *AFTER))
    await on_prices_updated(message, watch)
    state = contents(redis_client)

    await on_prices_updated(message, watch)

    assert len(published_events.all) == 1
    assert contents(redis_client) == state
    assert len([increase async for increase in watch.ledger.increases()]) == 1


async def test_one_rise_is_told_once_however_many_sightings_follow(watch, milk, published_events):
    """Also when an older sighting of the new price turns up late."""
    prices = seen(milk, *BEFORE, *AFTER, *AFTER)
    late = prices.pop(6)
    await watch.see(prices)

    await watch.see([late])

    assert len(published_events.all) == 1


async def test_the_end_of_a_sale_is_no_increase(watch, milk, published_events):
    """What was paid rose; the regular price did not."""
    prices = seen(milk, *["3.99"] * 12)
    offers = {"sale_price": Decimal("2.99"), "loyalty_price": Decimal("2.49")}
    on_sale = [price.model_copy(update=offers) for price in prices[:6]]

    await on_prices_updated(event([*on_sale, *prices[6:]]), watch)

    assert published_events.all == []


async def test_two_regions_that_rise_on_one_day_are_one_alert(watch, milk, published_events):
    """By its key a second one would be taken for a redelivery of the first."""
    cheap, dear = seen(milk, *BEFORE, *AFTER), seen(milk, *["4.29"] * 6, *["4.59"] * 4)

    await watch.see([*cheap, *dear])
    await watch.see([])

    (alert,) = published_events.of(PriceIncreaseAlert)
    assert alert.payload.observed_date == cheap[6].observed_date


@pytest.mark.parametrize(("late", "kept"), [(400, 7), (401, 6), (402, 5)])
async def test_sightings_are_kept_for_a_year_and_more(make_watch, milk, late, kept):
    """Counted back from the latest of the same product, whenever they are read."""
    watch = make_watch(now=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    *_, last = old = seen(milk, *["3.49"] * 6)
    fresh = last.model_copy(
        update={"price_history_id": new_id(), "observed_date": FIRST + timedelta(days=late)}
    )

    await watch.see([*old, fresh])

    (found,) = (await watch.ledger.sightings(await watch.ledger.shelves())).values()
    assert len(found) == kept


async def test_a_misread_day_outdates_nothing(make_watch, milk):
    """A receipt of the next century says nothing of those of this week."""
    watch = make_watch(now=lambda: datetime(2026, 3, 10, tzinfo=UTC))
    *rest, last = seen(milk, *["3.49"] * 6)
    misread = last.model_copy(update={"observed_date": date(2126, 3, 6)})

    await watch.see([*rest, misread])

    (found,) = (await watch.ledger.sightings(await watch.ledger.shelves())).values()
    assert len(found) == 6


async def test_increases_are_read_from_a_moment_on(watch, milk):
    """That moment's own too, to the microsecond."""
    await watch.see(seen(milk, *BEFORE, *AFTER))
    (kept,) = [increase async for increase in watch.ledger.increases()]

    async def since(moment):
        return [increase async for increase in watch.ledger.increases(moment)]

    assert await since(kept.created_at) == [kept]
    assert await since(kept.created_at + timedelta(microseconds=1)) == []


async def test_the_price_of_another_chain_is_no_increase(watch, milk, published_events):
    """Each chain is watched on its own."""
    prices = seen(milk, *["3.49"] * 9, *["3.99"] * 9)
    elsewhere = [price.model_copy(update={"store_slug": StoreSlug.TARGET}) for price in prices[9:]]

    await on_prices_updated(event([*prices[:9], *elsewhere]), watch)

    assert published_events.all == []


async def test_a_product_that_nobody_knows_stops_no_other(watch, milk, published_events):
    """Its prices are kept, and the others are judged."""
    await watch.see([*seen(new_id(), *BEFORE, *AFTER), *seen(milk, *BEFORE, *AFTER)])

    assert [each.payload.normalized_product_id for each in published_events.all] == [milk]


@pytest.mark.parametrize("trouble", ["fail", "time_out", "reset", "garbage", "truncate"])
async def test_prices_outlive_a_receiptwitness_in_trouble(
    watch, milk, receiptwitness, published_events, trouble
):
    """The handler says so, and the next price of anything takes up what was left."""
    getattr(receiptwitness.on("GET /products/{id}"), trouble)(times=1)
    with pytest.raises(ReceiptWitnessError, match=f"GET /products/{milk}"):
        await watch.see(seen(milk, *BEFORE, *AFTER))
    assert published_events.all == []

    await watch.see([])

    assert len(published_events.of(PriceIncreaseAlert)) == 1


@pytest.mark.parametrize("status", [401, 422, 500])
@pytest.mark.parametrize("operation", ["GET /prices", "GET /products/{id}"])
async def test_a_refusal_is_not_taken_for_an_answer(watch, milk, receiptwitness, operation, status):
    """Whoever is refused keeps its place, and its prices."""
    receiptwitness.add(*served(seen(milk, *BEFORE, *AFTER)))
    trouble = receiptwitness.on(operation)
    trouble.fail(times=1) if status == 500 else trouble.respond(status=status, times=1)
    with pytest.raises(ReceiptWitnessError, match=str(status)):
        await watch.catch_up()

    await watch.catch_up()

    assert len([increase async for increase in watch.ledger.increases()]) == 1


async def test_an_increase_that_could_not_be_told_is_told_later(
    watch, make_watch, milk, published_events, tmp_path
):
    """It is in the list already: who reads that misses nothing."""
    async with Redis(unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0)) as away:
        with pytest.raises(RedisConnectionError):
            await make_watch(publish_to=away).see(seen(milk, *BEFORE, *AFTER))
    assert len([increase async for increase in watch.ledger.increases()]) == 1

    await watch.see([])
    await watch.see([])

    assert len(published_events.of(PriceIncreaseAlert)) == 1


async def test_catching_up_reads_what_events_did_not_tell(watch, milk, receiptwitness, published_events):
    """All pages, with the service's key."""
    receiptwitness.add(*served(seen(new_id(), *["1.00"] * 1000)), *served(seen(milk, *BEFORE, *AFTER)))

    await watch.catch_up()

    assert len(published_events.of(PriceIncreaseAlert)) == 1
    pages = [request.params for request in receiptwitness.requests if request.path == "/prices"]
    assert [sorted(page) for page in pages] == [["limit"], ["cursor", "limit"]]


async def test_catching_up_goes_on_where_it_stopped(watch, milk, receiptwitness):
    """A page that was recorded is not read again, though the next one failed."""
    receiptwitness.add(*served(seen(milk, *["3.49"] * 1100)))
    receiptwitness.on("GET /prices").fail(503, times=1)
    with pytest.raises(ReceiptWitnessError, match="GET /prices"):
        await watch.catch_up()
    await watch.catch_up()

    await watch.catch_up()

    cursors = [
        request.params.get("cursor") for request in receiptwitness.requests if request.path == "/prices"
    ]
    assert cursors[:2] == [None, None]
    assert cursors[3] is not None
    assert len(cursors) == 4
