"""What a handler is held to, on real servers: handlers that keep it, and such as break it in one way each."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial, wraps
from types import SimpleNamespace

import pytest
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from cartsnitch_common.constants import EventType, PriceSource, Service, StoreSlug
from cartsnitch_common.database import async_session_scope, session_scope
from cartsnitch_common.events import AsyncEventSubscriber, EventPublisher, EventSubscriber, encode_event
from cartsnitch_common.models import NormalizedProduct, PriceHistory, Store
from cartsnitch_common.schemas.events import Event, PricesUpdated
from cartsnitch_contracts.library import load_document
from cartsnitch_contracts.service.consumes import checks
from cartsnitch_contracts.service.consumes.checks import Judge
from cartsnitch_contracts.service.consumes.delivery import Delivery
from cartsnitch_contracts.service.consumes.handler import find_handler
from cartsnitch_contracts.service.consumes.regressions import UNKNOWN_ROWS, keep, regressions
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.promise import BrokenPromise, Untested
from cartsnitch_pytest.promises.keys import without_moments
from cartsnitch_pytest.promises.surroundings import PromiseServers

PRICES = EventType.PRICES_UPDATED
DOCUMENT = load_document(PRICES)
ALL = [
    lambda judge, delivery: checks.check_accepts(judge, DOCUMENT, delivery, Search(10)),
    *(
        lambda judge, delivery, check=check: check(judge, DOCUMENT, delivery)
        for check in (
            checks.check_unknown_fields,
            checks.check_unknown_values,
            checks.check_unknown_rows,
            checks.check_redelivery,
            checks.check_survives,
        )
    ),
]


@pytest.fixture
def _cartsnitch_service_url(database_url):
    """The handlers here are of no service in particular, and may do all."""
    return database_url


@pytest.fixture
def servers(service_environment, db_engine, redis_client, redis_url):
    """What the handlers run in."""
    with asyncio.Runner() as runner:
        servers = PromiseServers(db_engine, redis_client, redis_url, runner)
        yield servers
        servers.close()


@pytest.fixture
def at_work(servers, tmp_path, monkeypatch):
    """Judge and delivery of a handler of prices: `at_work(function, session=...)`."""

    def at_work(function, **arguments):
        monkeypatch.setattr(sys.modules[__name__], "found", function, raising=False)
        monkeypatch.setitem(sys.modules, "shock", sys.modules[__name__])
        handler = find_handler("shock:found", PRICES)
        assert set(handler.parameters) == set(arguments)
        judge = Judge(handler, (DOCUMENT,), tmp_path, "prices.updated-test")
        return judge, Delivery(handler, servers, arguments)

    return at_work


def told(check, *arguments):
    """The report of the promise that it finds broken."""
    with pytest.raises(BrokenPromise) as broken:
        check(*arguments)
    return str(broken.value)


def plain(event):
    """Counts what it can."""
    return sum(price.regular_price for price in event.payload.prices)


async def storing(event):
    """Keeps each price once, where it knows the product; counts the products that there are."""
    async with async_session_scope() as session:
        for price in event.payload.prices:
            product = await session.get(NormalizedProduct, price.normalized_product_id)
            if product is not None:
                product.brand = f"from {event.service}"[:200]


def answering(event):
    """Sends an alert for each event, which it has not seen before."""
    with session_scope() as session:
        keys = [price.price_history_id for price in event.payload.prices]
        known = session.scalars(select(PriceHistory).where(PriceHistory.id.in_(keys))).all()
        new = [row for row in known if row.coupon_price is None]
        for row in new:
            row.coupon_price = Decimal(0)


class Small(BaseModel):
    """What one handler wants to know."""

    prices: list[dict[str, object]]


class Methods:
    """Handlers with an object."""

    def handle(self, event: Event[Small]):
        return len(event.payload.prices)

    async def __call__(self, event: Event[PricesUpdated]):
        return plain(event)


def subscribed(kind):
    """A subscriber with a handler."""
    subscriber = kind("redis://127.0.0.1:1/0")
    subscriber.on(PRICES, plain if kind is EventSubscriber else storing)
    return subscriber


def given_its_session(handler):
    """Opens a session for the handler."""

    @wraps(handler)
    def called(event):
        with session_scope() as session:
            return handler(event, session)

    return called


def handing_on(handler):
    """Hands on whatever it is given."""

    @wraps(handler)
    def called(*given, **named):
        return handler(*given, **named)

    return called


def with_session(event, session):
    """Needs more than the event."""
    return session.scalars(select(Store)).first()


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize(
    "function",
    [
        plain,
        storing,
        answering,
        Methods().handle,
        Methods(),
        subscribed(EventSubscriber),
        subscribed(AsyncEventSubscriber),
    ],
    ids=["function", "coroutine", "database", "method", "object", "subscriber", "async subscriber"],
)
def test_a_handler_that_takes_all_keeps_its_promises(at_work, function, check):
    """A function, a method, an object to call or what a subscriber has, synchronous or not."""
    check(*at_work(function))


def test_further_arguments_are_handed_over(at_work, db_session):
    """A session among them is committed after each event, as its owner does."""

    def handler(event, session, factor):
        row = session.scalars(select(Store)).first()
        row.name = f"Store {factor}"

    judge, delivery = at_work(handler, session=db_session, factor=3)

    checks.check_accepts(judge, DOCUMENT, delivery, Search(1))

    assert any("name=Store 3" in row for row in delivery.surroundings.rows()["stores"])


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (with_session, ("session",)),
        (handing_on(with_session), ("session",)),
        (given_its_session(with_session), ()),
        (partial(with_session, session=None), ()),
    ],
    ids=["plain", "handing on", "given", "bound"],
)
def test_what_a_handler_is_to_be_given_is_what_its_caller_has_to_give(monkeypatch, function, parameters):
    """A decorator may give it, or leave that to its caller; a subscriber gives nothing but the event."""
    subscriber = EventSubscriber("redis://127.0.0.1:1/0")
    monkeypatch.setitem(sys.modules, "shock", SimpleNamespace(found=function, subscriber=subscriber))

    assert find_handler("shock:found", PRICES).parameters == parameters

    if function is not with_session:
        subscriber.on(PRICES, function)
        assert find_handler("shock:subscriber", PRICES).parameters == ()


def test_a_failure_is_told_as_one_change_to_an_example(at_work):
    """Place and values, the line of code, what was raised, who may send it, and the file that keeps it."""

    def handler(event):
        for price in event.payload.prices:
            saved = price.regular_price - price.sale_price
        return saved

    judge, delivery = at_work(handler)

    said = told(checks.check_accepts, judge, DOCUMENT, delivery, Search(1)).splitlines()

    assert said[0] == "shock:found raised on an event the contract allows."
    assert said[1].endswith(", one change):")
    assert said[2].startswith("    payload.prices[0].sale_price    ")
    assert said[2].endswith('" -> null')
    assert said[3].endswith("saved = price.regular_price - price.sale_price")
    assert said[4].startswith("raised   TypeError: unsupported operand type(s) for -")
    assert (
        said[5] == "allowed  sale_price is nullable in next, not released yet; ReceiptWitness may send null"
    )
    assert said[6].startswith(
        "world    what it refers to existed (stores, normalized_products, price_history)"
    )
    assert said[7].endswith("`cartsnitch contracts show prices.updated sale_price`")
    assert said[8] == "kept as  contracts/regressions/prices-updated-01.json"


def test_a_handler_that_takes_no_event_at_all_is_to_correct_its_line(at_work):
    """It is not the contract that it has to look at."""

    def handler(event):
        json.dumps(event.payload.model_dump())

    judge, delivery = at_work(handler)

    said = told(checks.check_accepts, judge, DOCUMENT, delivery, Search(1)).splitlines()

    assert said[1] == 'smallest event (example "minimal", as it is):'
    assert said[3] == "raised   TypeError: Object of type UUID is not JSON serializable"
    assert said[-1] == (
        "fix      the handler takes no event at all: correct the line above; "
        'model_dump(mode="json") gives what JSON has'
    )
    assert not [line for line in said if line.startswith(("allowed", "kept as"))]


def test_a_handler_that_takes_events_in_another_world_has_the_contract_to_look_at(at_work):
    """With the rows it takes them all."""

    def handler(event):
        with session_scope() as session:
            return session.scalars(select(Store)).one().name

    judge, delivery = at_work(handler)
    delivery.attempt(DOCUMENT.accepted["minimal"])

    said = told(checks.check_unknown_rows, judge, DOCUMENT, delivery)

    assert "allowed  prices.updated allows it in next, not released yet; ReceiptWitness may send it" in said
    assert "fix      decide what the handler does with it; `cartsnitch contracts show prices.updated`" in said


def test_what_no_example_shows_is_found_by_generated_events(at_work):
    """The examples have no negative price, the contract allows one; the smallest is near an example."""

    def handler(event):
        for price in event.payload.prices:
            if price.regular_price < 0:
                raise ValueError("a price below nothing")

    judge, delivery = at_work(handler)

    said = told(checks.check_accepts, judge, DOCUMENT, delivery, Search(100))

    assert 'smallest event (example "minimal", one change):\n    payload.prices[0].regular_price' in said
    assert "raised   ValueError: a price below nothing" in said


def test_the_same_seed_finds_the_same_event(at_work):
    """So a failure in CI is one at home."""

    def handler(event):
        if any(price.observed_date.day == 13 for price in event.payload.prices):
            raise ValueError("bad luck")

    judge, delivery = at_work(handler)

    said = [told(checks.check_accepts, judge, DOCUMENT, delivery, Search(200, seed)) for seed in (0, 0)]

    assert said[0] == said[1]


def test_a_kept_event_is_tried_from_then_on(at_work):
    """It fails as long as the handler does, and tells what it told."""

    def handler(event):
        if any(price.regular_price < 0 for price in event.payload.prices):
            raise ValueError("a price below nothing")

    judge, delivery = at_work(handler)
    told(checks.check_accepts, judge, DOCUMENT, delivery, Search(100))
    (kept,) = regressions(judge.folder, PRICES)

    said = told(checks.check_regression, judge, kept, delivery)

    assert "raised   ValueError: a price below nothing" in said
    assert kept.raised == "ValueError: a price below nothing"
    checks.check_regression(judge, kept, at_work(plain)[1])


def test_an_event_is_kept_once(at_work):
    """Each run would else add a file."""

    def handler(event):
        assert event.payload.prices[0].source != "scan"
        assert event.payload.prices[0].sale_price is not None

    for _ in range(2):
        judge, delivery = at_work(handler)
        told(checks.check_accepts, judge, DOCUMENT, delivery, Search(1))

    assert [kept.number for kept in regressions(judge.folder, PRICES)] == ["01"]


def test_an_event_that_was_kept_without_its_rows_is_tried_without_them(at_work):
    """With them the handler takes it; the same event may be kept both ways."""

    def handler(event):
        with session_scope() as session:
            return [session.get_one(NormalizedProduct, p.normalized_product_id) for p in event.payload.prices]

    judge, delivery = at_work(handler)
    for ending in ("accepts-next", UNKNOWN_ROWS):
        keep(judge.folder, PRICES, DOCUMENT.accepted["boundary"], promise=f"{PRICES}-{ending}", raised="")
    with_rows, without = regressions(judge.folder, PRICES)

    checks.check_regression(judge, with_rows, delivery)
    said = told(checks.check_regression, judge, without, delivery)

    assert "raised   NoResultFound" in said
    assert "world    no row that it refers to is there; database clean" in said
    assert said.endswith("kept as  contracts/regressions/prices-updated-02.json")


def test_a_kept_event_that_no_contract_allows_any_more_is_to_be_deleted(at_work):
    """It would demand what nobody sends."""
    judge, delivery = at_work(plain)
    folder = judge.folder / "contracts/regressions"
    folder.mkdir(parents=True)
    (folder / "prices-updated-07.json").write_text('{"raised": "", "event": {"payload": {"prices": []}}}')
    (kept,) = regressions(judge.folder, PRICES)

    said = told(checks.check_regression, judge, kept, delivery)

    assert said.startswith(
        "contracts/regressions/prices-updated-07.json holds an event that no supported version"
    )


class Closed(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")
    prices: list[object]


def test_a_reader_that_refuses_unknown_fields_is_told(at_work):
    """The handler itself never saw the event."""

    def handler(event: Event[Closed]):
        pass

    judge, delivery = at_work(handler)
    checks.check_accepts(judge, DOCUMENT, delivery, Search(10))

    said = told(checks.check_unknown_fields, judge, DOCUMENT, delivery)

    assert said.startswith("shock:found refused an event the contract allows.")
    assert "    payload.x_of_tomorrow    absent -> " in said
    assert "allowed  every reader takes it, though no writer of these versions sends it" in said
    assert "fix      let the model of the handler take it" in said


def test_an_event_that_the_handler_itself_cannot_send_is_not_called_refused(at_work):
    """What its own publisher refuses is raised in the handler, which took the event."""

    def handler(event):
        encode_event(EventType.ALERT_PRICE_INCREASE, Service.STICKER_SHOCK, {"new_price": "0.99"})

    judge, delivery = at_work(handler)

    said = told(checks.check_accepts, judge, DOCUMENT, delivery, Search(1))

    assert said.startswith("shock:found raised on an event the contract allows.")
    assert "raised   PayloadError: cartsnitch.alerts.price_increase cannot be published" in said


def test_a_handler_that_knows_all_values_breaks_on_a_new_one(at_work):
    """A look-up by a value that a newer sender may add to."""
    weights = {StoreSlug.MEIJER: 1, StoreSlug.KROGER: 2, StoreSlug.TARGET: 3}

    def handler(event):
        return [weights[price.store_slug] for price in event.payload.prices]

    judge, delivery = at_work(handler)
    checks.check_accepts(judge, DOCUMENT, delivery, Search(10))

    said = told(checks.check_unknown_values, judge, DOCUMENT, delivery)

    assert '    payload.prices[0].store_slug    "meijer" -> "of_tomorrow"' in said
    assert "raised   KeyError: 'of_tomorrow'" in said


def test_a_handler_that_trusts_in_rows_breaks_without_them(at_work):
    """The product may not be there yet, or never come."""

    def handler(event):
        with session_scope() as session:
            return [session.get_one(NormalizedProduct, p.normalized_product_id) for p in event.payload.prices]

    judge, delivery = at_work(handler)
    checks.check_accepts(judge, DOCUMENT, delivery, Search(10))

    said = told(checks.check_unknown_rows, judge, DOCUMENT, delivery)

    assert "raised   NoResultFound" in said
    assert "world    no row that it refers to is there; database clean" in said


def adding(event):
    """Adds a row for each price, whenever it comes."""
    with session_scope() as session:
        store = session.scalars(select(Store)).first()
        for price in event.payload.prices:
            session.add(
                PriceHistory(
                    normalized_product_id=price.normalized_product_id,
                    store_id=store.id,
                    observed_date=price.observed_date,
                    regular_price=price.regular_price,
                    source=PriceSource.CATALOG,
                )
            )


def sending(event):
    """Sends what it got, whenever it gets it."""
    import redis

    from cartsnitch_common.config import get_settings

    with redis.Redis.from_url(get_settings().redis_url) as client:
        EventPublisher(client, Service.STICKER_SHOCK).publish(event.payload)


def touching(event):
    """Notes when it ran."""
    with session_scope() as session:
        for product in session.scalars(select(NormalizedProduct)):
            product.updated_at = datetime.now(UTC)


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (adding, "rows     price_history: then there is id="),
        (sending, "sent     once more: cartsnitch.prices.updated "),
    ],
)
def test_what_a_second_delivery_does_is_told(at_work, function, line):
    """Rows and events count; the report says which there are more of."""
    judge, delivery = at_work(function)

    said = told(checks.check_redelivery, judge, DOCUMENT, delivery)

    assert 'event    example "minimal" of prices.updated next, delivered twice' in said
    assert line in said


@pytest.mark.parametrize(
    ("act", "line"),
    [
        (
            lambda redis: redis.lpush("seen", "x"),
            'list "seen" has 2 entries, and had 1 after the first delivery',
        ),
        (lambda redis: redis.incr("count"), 'string "count" has 2, and had 1 after the first delivery'),
        (
            lambda redis: redis.hincrby("counts", "meijer", 3),
            'hash "counts" has meijer: 6, and had meijer: 3 after the first delivery',
        ),
        (
            lambda redis: redis.zincrby("ranks", 0.5, "x"),
            'zset "ranks" has x: 1, and had x: 0.5 after the first delivery',
        ),
        (
            lambda redis: redis.sadd("times", redis.incr("n"), time.time()),
            'set "times" has 4 entries, and had 2 after the first delivery',
        ),
        (
            lambda redis: redis.xadd("log", {"a": 1}),
            'stream "log" has 2 entries, and had 1 after the first delivery',
        ),
        (lambda redis: redis.set("later" if redis.exists("n") else "n", 1), 'then there is string "later"'),
        (lambda redis: redis.delete("n") or redis.set("n", 1), 'gone is string "n"'),
        (
            lambda redis: redis.rpush("ring", *(redis.lpop("ring", 9) or "ab")[::-1]),
            'list "ring" has its entries in one order, and had them in another after the first delivery',
        ),
        (lambda redis: redis.append("raw", b"\xff"), r'string "raw" has \xff\xff, and had \xff after'),
    ],
    ids=["list", "string", "hash", "zset", "set", "stream", "new", "gone", "order", "bytes"],
)
def test_what_a_second_delivery_does_to_redis_is_told(at_work, redis_client, act, line):
    """Each key's type and value count, whoever's client wrote it."""
    judge, delivery = at_work(lambda event: act(redis_client))

    said = told(checks.check_redelivery, judge, DOCUMENT, delivery)

    assert f"\nredis    {line}" in said


def remembering(redis):
    """Notes what it saw, and when, in the usual ways."""
    now = datetime.now(UTC)
    redis.sadd("seen", "a", "b")
    redis.hset("last", mapping={"at": now.isoformat(), "on": f"{now:%Y-%m-%d %H:%M:%S}"})
    redis.zadd("due", {"a": time.time() + 86_400})
    redis.set("state", json.dumps({"at": time.time(), "ms": int(time.time() * 1000), "of": "12"}), ex=100)
    time.sleep(0.002)


@pytest.mark.parametrize("act", [remembering, lambda redis: redis.set("lock", 1, nx=True, px=99_999)])
def test_moments_in_redis_may_change_with_each_delivery(at_work, redis_client, act):
    """As text, as numbers near now, and as the time to live; what is written again is there once."""
    judge, delivery = at_work(lambda event: act(redis_client))

    checks.check_redelivery(judge, DOCUMENT, delivery)


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("at 2026-11-26T23:05:07.123456+00:00.", "at <moment>."),
        ("[2026-11-26T23:05Z]", "[<moment>]"),
        ("2026-11-26", "2026-11-26"),
        ('{"at": 1764198307.25, "ms": 1764198307250}', '{"at": <moment>, "ms": <moment>}'),
        ("seen:1764198307 1764198307250125 1764198307250125375", "seen:<moment> <moment> <moment>"),
        ("1000000000", "1000000000"),  # 2001
        *((text, text) for text in ("0036000291452", "a1764198307", "17641983071", "0.1764198307")),
    ],
)
def test_moments_are_told_from_other_numbers(text, alike):
    """Codes of products, prices and identifiers stay."""
    assert without_moments(text, 1764198000.0) == alike


def test_timestamps_may_change_with_each_delivery(at_work):
    """When something was seen last is no fact that counts twice."""
    judge, delivery = at_work(touching)

    checks.check_redelivery(judge, DOCUMENT, delivery)


def test_a_handler_that_cannot_be_called_twice_is_told(at_work):
    """The second delivery raises."""
    keys = []

    def handler(event):
        keys.append(event.payload.idempotency_keys)
        if keys[-2:-1] == keys[-1:]:
            raise RuntimeError("twice")

    judge, delivery = at_work(handler)

    said = told(checks.check_redelivery, judge, DOCUMENT, delivery)

    assert "raised   RuntimeError: twice" in said


def test_a_handler_that_takes_no_example_leaves_the_rest_untested(at_work):
    """One failure tells; the others would repeat it."""

    def handler(event):
        raise RuntimeError("never")

    judge, delivery = at_work(handler)

    for check in (checks.check_redelivery, checks.check_unknown_fields, checks.check_unknown_rows):
        with pytest.raises(Untested, match="takes no example"):
            check(judge, DOCUMENT, delivery)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_handler_that_ends_the_process_ends_its_subscriber(at_work, is_async):
    """What is no exception of the usual kind reaches the subscriber's loop."""

    class Ends(BaseModel):
        prices: list[object] = []

    def ends(event: Event[Ends]):
        if not event.payload.prices:
            sys.exit("I cannot go on")

    async def ends_too(event: Event[Ends]):
        ends(event)

    judge, delivery = at_work(ends_too if is_async else ends)

    said = told(checks.check_survives, judge, DOCUMENT, delivery)

    assert said.startswith("A subscriber with shock:found did not live through invalid messages.")
    assert "SystemExit: I cannot go on" in said


def test_each_event_finds_a_clean_database_and_redis(at_work, redis_client):
    """What one left is gone before the next comes."""
    counts = []

    def handler(event):
        with session_scope() as session:
            counts.append((len(session.scalars(select(Store)).all()), redis_client.dbsize()))
            session.add(Store(name="Other", slug=next(slug for slug in StoreSlug if not _has(session, slug))))
        redis_client.set("seen", 1)

    _, delivery = at_work(handler)
    for example in ("minimal", "boundary", "minimal"):
        assert delivery.attempt(DOCUMENT.accepted[example]) is None

    assert counts == [(1, 0)] * 3


def _has(session, slug):
    return session.scalars(select(Store).where(Store.slug == slug)).first() is not None
