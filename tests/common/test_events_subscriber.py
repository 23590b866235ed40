"""Receiving events: what a handler gets, and what a subscriber lives through; both twins."""

import asyncio
import functools
import json
import logging
import queue
import signal
import threading
from decimal import Decimal
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from pydantic import BaseModel

from cartsnitch_common.config import get_settings
from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import ConfigurationError, PayloadError
from cartsnitch_common.events import (
    AsyncEventSubscriber,
    EventPublisher,
    EventSubscriber,
    SubscriptionError,
    encode_event,
)
from cartsnitch_common.schemas.events import (
    AnyEvent,
    Event,
    PricesUpdated,
    PricesUpdatedEvent,
    ReceiptsIngested,
    ReceiptsIngestedEvent,
)
from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS
from threads import PATIENCE, Twins, until

"""Seconds after which a test gives up; none of them takes one."""
RECEIPTS = EventType.RECEIPTS_INGESTED
PRICES = EventType.PRICES_UPDATED


def receipt(number: int) -> ReceiptsIngested:
    return ReceiptsIngested(
        purchase_id=UUID(int=number),
        user_id=UUID(int=0),
        store_slug="meijer",
        receipt_id=f"TXN-{number}",
        purchase_date="2026-03-10",
        total="4.99",
        item_count=1,
    )


PRICE = PricesUpdated.model_validate(
    {
        "prices": [
            {
                "price_history_id": UUID(int=1),
                "normalized_product_id": UUID(int=2),
                "store_slug": "kroger",
                "observed_date": "2026-03-10",
                "regular_price": "3.99",
                "source": "receipt",
            }
        ]
    }
)


class Bus(Twins):
    """Subscribers on a keyspace, and a client that publishes to them."""

    def __init__(self, kind, keyspace):
        super().__init__(kind)
        self.client = keyspace.client()
        self.publisher = EventPublisher(self.client, Service.RECEIPT_WITNESS)
        self._keyspace = keyspace

    def subscriber(self, **options):
        """One on this bus; its callbacks may be plain functions for either twin."""
        if self.kind == "sync":
            return EventSubscriber(self._keyspace.client(), **self.fit_all(options))
        return AsyncEventSubscriber(self._keyspace.async_client(), **self.fit_all(options))

    def listen(self, subscriber):
        """Start it and return once all of its channels are subscribed."""
        outcome = self.start(subscriber)
        until(lambda: subscriber.ready.is_set() or outcome.done())
        assert subscriber.ready.is_set()
        return outcome


@pytest.fixture(scope="module")
def servers():
    """Both kinds of server."""
    with REDIS_BACKENDS["fake"]() as fake, REDIS_BACKENDS["embedded"]() as embedded:
        yield {"fake": fake, "embedded": embedded}


@pytest.fixture(params=["sync-fake", "sync-embedded", "async-embedded"])
def bus(request, servers):
    """Each twin; the async one on fakeredis has tests of its own, in one loop."""
    kind, backend = request.param.split("-")
    with servers[backend].keyspace() as keyspace:
        bus = Bus(kind, keyspace)
        yield bus
        bus.close()


def collect(bus, subscriber, channel=RECEIPTS):
    """Have the channel's events put into a queue."""
    arrived = queue.SimpleQueue()
    subscriber.on(channel, bus.fit(arrived.put))
    return arrived


def test_events_are_handled_in_the_order_they_were_sent(bus):
    """One by one and in batches, across channels."""
    subscriber = bus.subscriber()
    arrived = queue.SimpleQueue()
    subscriber.on(RECEIPTS, bus.fit(arrived.put))
    subscriber.on("cartsnitch.prices.updated", bus.fit(arrived.put))
    bus.listen(subscriber)

    bus.publisher.publish(receipt(0))
    bus.publisher.publish_many([receipt(1), PRICE, receipt(2)])

    events = [arrived.get(timeout=PATIENCE) for _ in range(4)]
    assert [event.payload for event in events] == [receipt(0), receipt(1), PRICE, receipt(2)]
    assert type(events[2]) is PricesUpdatedEvent


def test_a_handler_may_be_registered_by_decorating_it(bus):
    """The name still means the function."""
    subscriber = bus.subscriber()
    arrived = queue.SimpleQueue()

    def put(event: Event[ReceiptsIngested]) -> None:
        arrived.put(event)

    decorated = subscriber.on(RECEIPTS)(put)
    bus.listen(subscriber)
    bus.publisher.publish(receipt(1))

    assert decorated is put
    assert arrived.get(timeout=PATIENCE).payload == receipt(1)


def test_only_subscribed_channels_arrive(bus):
    """Nothing is fetched to be thrown away."""
    subscriber = bus.subscriber()
    arrived = collect(bus, subscriber)
    bus.listen(subscriber)

    assert bus.publisher.publish(PRICE) == 0
    assert bus.publisher.publish(receipt(1)) == 1
    assert arrived.get(timeout=PATIENCE).payload == receipt(1)
    until(lambda: subscriber.stats.handled == 1)
    assert subscriber.stats.received == 1


class JustTheTotal(BaseModel):
    """A reader of its own."""

    total: Decimal


def test_a_handler_with_a_model_of_its_own_demands_no_more(bus):
    """The rest of the payload may be gone by then."""
    subscriber = bus.subscriber()
    arrived = queue.SimpleQueue()

    def put(event: Event[JustTheTotal]) -> None:
        arrived.put(event)

    subscriber.on(RECEIPTS, bus.fit(put))
    bus.listen(subscriber)
    bus.client.publish(
        RECEIPTS,
        json.dumps(
            {
                "event_type": RECEIPTS,
                "timestamp": "2026-03-10T14:02:11Z",
                "service": "receiptwitness",
                "payload": {"total": "4.99"},
            }
        ),
    )

    assert arrived.get(timeout=PATIENCE).payload == JustTheTotal(total=Decimal("4.99"))
    assert subscriber.readers == {RECEIPTS: Event[JustTheTotal]}


BROKEN = [
    (b"\xff not even text", "Invalid JSON"),
    (b'{"event_type": "cartsnitch.nothing"}', "no channel is called 'cartsnitch.nothing'"),
    (
        encode_event(PRICES, Service.RECEIPT_WITNESS, PRICE),
        f"event_type: {PRICES} arrived on another channel",
    ),
]


@pytest.mark.parametrize(("raw", "reason"), BROKEN, ids=["malformed", "unknown", "misplaced"])
def test_a_message_that_is_no_event_of_its_channel_is_counted_logged_and_handed_over(
    bus, caplog, raw, reason
):
    """The next message is handled as if nothing had been."""
    refused = queue.SimpleQueue()
    subscriber = bus.subscriber(on_invalid=refused.put)
    arrived = collect(bus, subscriber)
    bus.listen(subscriber)

    bus.client.publish(RECEIPTS, raw)
    bus.publisher.publish(receipt(1))

    error = refused.get(timeout=PATIENCE)
    assert isinstance(error, PayloadError)
    assert reason in error.reason
    assert error.raw == raw
    assert arrived.get(timeout=PATIENCE).payload == receipt(1)
    until(lambda: subscriber.stats.handled == 1)
    assert (subscriber.stats.received, subscriber.stats.invalid) == (2, 1)
    (record,) = [record for record in caplog.records if record.name == "cartsnitch_common.events"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == f"Invalid message on {RECEIPTS}: {error.reason}"


def test_a_handlers_exception_is_counted_logged_and_handed_over(bus, caplog):
    """It comes with its event, and the next message is handled."""
    failed = queue.SimpleQueue()
    subscriber = bus.subscriber(on_error=lambda event, error: failed.put((event, error)))
    problem = StopIteration("also this one")

    def handle(event: ReceiptsIngestedEvent) -> None:
        if event.payload == receipt(1):
            raise problem if bus.kind == "sync" else KeyError("async")

    subscriber.on(RECEIPTS, bus.fit(handle))
    bus.listen(subscriber)
    bus.publisher.publish_many([receipt(1), receipt(2)])

    event, error = failed.get(timeout=PATIENCE)
    assert event.payload == receipt(1)
    assert error is problem or isinstance(error, KeyError)
    until(lambda: subscriber.stats.handled == 1)
    assert (subscriber.stats.received, subscriber.stats.failed) == (2, 1)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "handle failed on an event of cartsnitch.receipts.ingested" in record.getMessage()
    assert record.exc_info[1] is error


def test_without_callbacks_it_lives_on_all_the_same(bus):
    """Callbacks are for those who want to know."""
    subscriber = bus.subscriber()
    subscriber.on(RECEIPTS, bus.fit(lambda event: {receipt(2): True}[event.payload]))
    bus.listen(subscriber)

    bus.client.publish(RECEIPTS, b"broken")
    bus.publisher.publish_many([receipt(1), receipt(2)])

    until(lambda: subscriber.stats.handled == 1)
    assert (subscriber.stats.invalid, subscriber.stats.failed) == (1, 1)


def test_callbacks_that_break_do_not_end_it(bus, caplog):
    """They are logged, and the next message is handled."""

    def broken(*arguments):
        raise ValueError("broken callback")

    subscriber = bus.subscriber(on_invalid=broken, on_error=broken)
    subscriber.on(RECEIPTS, bus.fit(lambda event: {receipt(2): True}[event.payload]))
    bus.listen(subscriber)

    bus.client.publish(RECEIPTS, b"broken")
    bus.publisher.publish_many([receipt(1), receipt(2)])

    until(lambda: subscriber.stats.handled == 1)
    messages = [record.getMessage() for record in caplog.records]
    assert len([message for message in messages if message.endswith("broken failed")]) == 2


def test_stopping_finishes_the_handler_in_flight(bus):
    """The event that is being handled is handled to its end, the one behind it not at all."""
    subscriber = bus.subscriber()
    begun, go_on = threading.Event(), threading.Event()
    finished = []

    def handle(event: Event[Any]) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        finished.append(event.payload)

    subscriber.on(RECEIPTS, bus.fit(handle))
    outcome = bus.listen(subscriber)
    bus.publisher.publish_many([receipt(1), receipt(2)])
    assert begun.wait(PATIENCE)

    subscriber.stop()
    go_on.set()

    assert outcome.result(PATIENCE) == "stopped"
    assert finished == [receipt(1)]
    assert subscriber.stats.handled == 1
    assert not subscriber.ready.is_set()
    until(lambda: bus.publisher.publish(receipt(3)) == 0)  # the server notices a moment later


def test_a_handler_may_stop_its_subscriber(bus):
    """A job that waits for one event ends itself."""
    subscriber = bus.subscriber()
    subscriber.on(RECEIPTS, bus.fit(lambda event: subscriber.stop()))
    outcome = bus.listen(subscriber)

    bus.publisher.publish(receipt(1))

    assert outcome.result(PATIENCE) == "stopped"
    assert subscriber.stats.handled == 1


def test_stopped_before_it_starts_it_does_not_listen(bus):
    """However the race of a starting thread and a shutdown ends, nothing is left running."""
    subscriber = bus.subscriber()
    collect(bus, subscriber)

    subscriber.stop()

    assert bus.start(subscriber).result(PATIENCE) == "stopped"


def test_stopping_twice_and_afterwards_is_harmless(bus):
    """A signal handler and a shutdown hook may both do it."""
    subscriber = bus.subscriber()
    collect(bus, subscriber)
    outcome = bus.listen(subscriber)

    subscriber.stop()
    subscriber.stop()
    outcome.result(PATIENCE)
    subscriber.stop()

    assert not subscriber.ready.is_set()


def test_a_subscriber_runs_once(bus):
    """A second run would listen with half of the first one's state."""
    subscriber = bus.subscriber()
    collect(bus, subscriber)
    bus.listen(subscriber)
    subscriber.stop()

    with pytest.raises(SubscriptionError, match="Make another one"):
        bus.start(subscriber).result(PATIENCE)


def test_a_subscriber_without_handlers_does_not_run(bus):
    """It would wait for ever for nothing."""
    with pytest.raises(SubscriptionError, match=r"Register a handler with on\(\) before run\(\)"):
        bus.start(bus.subscriber()).result(PATIENCE)


def test_what_a_handler_lets_through_on_purpose_ends_the_run(bus):
    """SystemExit is not an error of a handler; the connection is closed before it goes on."""

    def leave(event: Event[Any]) -> None:
        raise SystemExit(3)

    subscriber = bus.subscriber()
    subscriber.on(RECEIPTS, leave)
    outcome = bus.listen(subscriber)

    bus.publisher.publish(receipt(1))

    with pytest.raises(SystemExit):
        outcome.result(PATIENCE)
    until(lambda: bus.publisher.publish(receipt(2)) == 0)


def test_handlers_are_registered_before_it_runs(bus):
    """A channel that is never subscribed would be a silent mistake."""
    subscriber = bus.subscriber()
    collect(bus, subscriber)
    bus.listen(subscriber)

    with pytest.raises(SubscriptionError, match=r"Register for cartsnitch\.prices\.updated before run\(\)"):
        subscriber.on(PRICES, lambda event: None)


def test_a_channel_has_one_handler():
    """Two would make it unclear what handled and failed mean; the message names the first."""
    subscriber = EventSubscriber("redis://localhost/0")

    def first(event: AnyEvent) -> None: ...

    subscriber.on(RECEIPTS, first)

    with pytest.raises(SubscriptionError, match=r"is handled by .*first"):
        subscriber.on(RECEIPTS, first)


def test_an_unknown_channel_is_refused_with_the_known_ones():
    """A typing mistake would otherwise wait for ever."""
    with pytest.raises(SubscriptionError, match=r"no channel 'cartsnitch\.receipts'. Use one of: cartsnitch"):
        EventSubscriber("redis://localhost/0").on("cartsnitch.receipts", print)


class Counting:
    """A handler that is an object."""

    def __call__(self, event: Event[JustTheTotal]) -> None: ...


class AsyncCounting:
    """A handler that is an object and awaits."""

    async def __call__(self, event: Event[Any]) -> None: ...


class TotalEvent(Event[JustTheTotal]):
    """An envelope of its own."""


def typed(annotation):
    def handler(event): ...

    handler.__annotations__["event"] = annotation
    return handler


@pytest.mark.parametrize(
    ("handler", "reader"),
    [
        (lambda event: None, ReceiptsIngestedEvent),
        (typed(Any), ReceiptsIngestedEvent),
        (typed(Event), ReceiptsIngestedEvent),
        (typed(Event[Any]), ReceiptsIngestedEvent),
        (typed(AnyEvent), ReceiptsIngestedEvent),
        (typed("Event[ReceiptsIngested]"), ReceiptsIngestedEvent),
        (typed(ReceiptsIngestedEvent), ReceiptsIngestedEvent),
        (typed("Event[JustTheTotal]"), Event[JustTheTotal]),
        (typed(TotalEvent), TotalEvent),
        (Counting(), Event[JustTheTotal]),
        (Counting().__call__, Event[JustTheTotal]),
        (functools.partial(typed(Event[JustTheTotal])), Event[JustTheTotal]),
    ],
)
def test_the_annotation_decides_what_a_message_is_read_with(handler, reader):
    """What it decodes with is the service's contract."""
    subscriber = EventSubscriber("redis://localhost/0")

    subscriber.on(RECEIPTS, handler)

    assert subscriber.readers == {RECEIPTS: reader}


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (typed(ReceiptsIngested), r"takes ReceiptsIngested, but a handler takes the Event"),
        (typed(Event[Any] | None), r"takes .*None, but a handler takes the Event"),
        (
            typed(Event[PricesUpdated]),
            r"takes the event of cartsnitch\.prices\.updated, but is registered for",
        ),
        (typed("Event[Unseen]"), r"cannot be resolved: name 'Unseen' is not defined\. Define or import"),
        (lambda: None, "takes nothing, but a handler takes the Event"),
        (lambda *, event=None: None, "takes nothing, but a handler takes the Event"),
        (lambda event, cache: None, r"demands 'cache', .* default, or bind it \(functools\.partial\)\.$"),
        (lambda event, *, cache, clock, limit=1: None, "demands 'cache', 'clock', which"),
        (functools.partial(lambda event, cache, clock: None, cache={}), "demands 'clock', which"),
    ],
)
def test_a_handler_that_does_not_fit_is_refused_at_once(handler, said):
    """At registration, not at the first message."""
    with pytest.raises(ConfigurationError, match=said):
        EventSubscriber("redis://localhost/0").on(RECEIPTS, handler)


def with_cache(handler):
    @functools.wraps(handler)
    def called(event):
        return handler(event, {})

    return called


@pytest.mark.parametrize("twin", [EventSubscriber, AsyncEventSubscriber])
@pytest.mark.parametrize(
    "handler",
    [
        lambda event, cache=None, *rest, clock=None, **more: None,
        lambda *arguments: None,
        functools.partial(lambda event, cache: None, cache={}),
        with_cache(lambda event, cache: None),
        [].append,
        max,
        print,
        Mock(),
    ],
    ids=["defaults", "any", "bound", "wrapped", "builtin", "untold builtin", "print", "mock"],
)
def test_whatever_can_be_called_with_the_event_alone_is_a_handler(twin, handler):
    """Also what does not tell what it takes."""
    twin("redis://localhost/0").on(RECEIPTS, handler)


async def coroutine_function(*arguments: Any) -> None: ...


@pytest.mark.parametrize(
    "act",
    [
        lambda: EventSubscriber("redis://localhost/0").on(RECEIPTS, coroutine_function),
        lambda: EventSubscriber("redis://localhost/0").on(RECEIPTS, AsyncCounting()),
        lambda: EventSubscriber("redis://localhost/0", on_error=coroutine_function),
    ],
)
def test_the_sync_twin_takes_no_coroutine_functions(act):
    """Nobody would ever await them."""
    with pytest.raises(SubscriptionError, match="Use AsyncEventSubscriber"):
        act()


@pytest.mark.parametrize("twin", [EventSubscriber, AsyncEventSubscriber])
def test_the_settings_say_where_redis_is(twin, servers, monkeypatch):
    """Without a client or a URL, `CARTSNITCH_REDIS_URL` counts."""
    with servers["embedded"].keyspace() as keyspace:
        monkeypatch.setenv("CARTSNITCH_REDIS_URL", keyspace.url)
        get_settings.cache_clear()
        subscriber = twin()
        monkeypatch.undo()
        get_settings.cache_clear()
        bus = Bus("sync" if twin is EventSubscriber else "async", keyspace)
        arrived = collect(bus, subscriber)
        bus.listen(subscriber)

        bus.publisher.publish(receipt(1))

        assert arrived.get(timeout=PATIENCE).payload == receipt(1)
        bus.close()


def test_a_signal_handler_may_stop_it(servers):
    """SIGTERM ends a service after the event in hand, in the main thread as services run."""
    with servers["embedded"].keyspace() as keyspace:
        subscriber = EventSubscriber(keyspace.client())
        subscriber.on(RECEIPTS, lambda event: signal.raise_signal(signal.SIGUSR1))
        before = signal.signal(signal.SIGUSR1, lambda *_: subscriber.stop())
        publisher = EventPublisher(keyspace.client(), Service.RECEIPT_WITNESS)

        def publish():
            subscriber.ready.wait(PATIENCE)
            publisher.publish(receipt(1))

        thread = threading.Thread(target=publish)
        thread.start()
        try:
            subscriber.run()
        finally:
            thread.join(PATIENCE)
            signal.signal(signal.SIGUSR1, before)

        assert subscriber.stats.handled == 1


@pytest.mark.parametrize("backend", ["fake", "embedded"])
async def test_publisher_and_subscriber_share_a_loop(servers, backend):
    """As in a web service: plain quick handlers are fine, too."""
    with servers[backend].keyspace() as keyspace:
        subscriber = AsyncEventSubscriber(keyspace.async_client())
        arrived = asyncio.Queue()
        subscriber.on(RECEIPTS, arrived.put)
        subscriber.on(PRICES, arrived.put_nowait)
        running = asyncio.create_task(subscriber.run())
        await asyncio.wait_for(subscriber.ready.wait(), PATIENCE)

        async with keyspace.async_client() as client:
            await client.publish(RECEIPTS, encode_event(RECEIPTS, "receiptwitness", receipt(1)))
            await client.publish(PRICES, encode_event(PRICES, "receiptwitness", PRICE))
        payloads = [(await asyncio.wait_for(arrived.get(), PATIENCE)).payload for _ in range(2)]
        subscriber.stop()
        await asyncio.wait_for(running, PATIENCE)

        assert payloads == [receipt(1), PRICE]


@pytest.mark.parametrize("busy", [True, False], ids=["in a handler", "between messages"])
async def test_cancelling_closes_the_connection(servers, busy):
    """The handler in flight is cancelled with it, and nobody listens any more."""
    with servers["embedded"].keyspace() as keyspace:
        subscriber = AsyncEventSubscriber(keyspace.async_client())
        begun = asyncio.Event()
        cancelled = []

        async def handle(event: Event[Any]) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(event.payload)
                raise

        subscriber.on(RECEIPTS, handle)
        running = asyncio.create_task(subscriber.run())
        await asyncio.wait_for(subscriber.ready.wait(), PATIENCE)
        client = keyspace.client()
        if busy:
            client.publish(RECEIPTS, encode_event(RECEIPTS, "receiptwitness", receipt(1)))
            await asyncio.wait_for(begun.wait(), PATIENCE)

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert cancelled == ([receipt(1)] if busy else [])
        assert not subscriber.ready.is_set()
        await asyncio.to_thread(until, lambda: client.pubsub_numsub(RECEIPTS)[0][1] == 0)
        assert (subscriber.stats.handled, subscriber.stats.failed) == (0, 0)
