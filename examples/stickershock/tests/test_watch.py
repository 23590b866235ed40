"""From prices to increases, on a real Redis protocol and a stub of ReceiptWitness."""

from decimal import Decimal

import pytest
from observed import seen, served
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


async def test_an_increase_that_could_not_be_told_is_told_later(watch, milk, published_events):
    """It is in the list already: who reads that misses nothing."""
    real = watch._publisher

    class Broken:
        async def publish(self, payload):
            raise RedisConnectionError

    watch._publisher = Broken()
    with pytest.raises(RedisConnectionError):
        await watch.see(seen(milk, *BEFORE, *AFTER))
    assert len([increase async for increase in watch.ledger.increases()]) == 1
    watch._publisher = real

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
