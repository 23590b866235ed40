"""Sending events, one by one and in batches, with either kind of client."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import redis
import redis.asyncio

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import PayloadError
from cartsnitch_common.events import (
    AsyncEventPublisher,
    EventPublisher,
    decode_event,
    publish_event,
    publish_event_async,
)
from cartsnitch_common.schemas.events import CouponsUpdated, ReceiptsIngested
from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS

COUPONS = {
    "store_slug": "target",
    "coupon_ids": [],
    "added": 0,
    "updated": 0,
    "expired": 3,
    "refreshed_at": "2026-03-10T09:00:00Z",
}
WHEN = datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)


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


@pytest.fixture(scope="module", params=["fake", "embedded"])
def server(request):
    """Each kind of Redis in turn."""
    with REDIS_BACKENDS[request.param]() as server:
        yield server


@pytest.fixture
def keyspace(server):
    """This test's own Redis."""
    with server.keyspace() as keyspace:
        yield keyspace


@pytest.fixture
def inbox(keyspace):
    """Everything that arrives, as (channel, event)."""
    pubsub = keyspace.client().pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(*EventType)
    for _ in EventType:
        pubsub.get_message(timeout=10)

    def read():
        pubsub.ping()
        arrived = []
        while (message := pubsub.get_message(timeout=10))["type"] == "message":
            arrived.append((message["channel"].decode(), decode_event(message["data"])))
        return arrived

    yield read
    pubsub.close()


@pytest.fixture(params=["sync", "async"])
def twin(request, keyspace):
    """`call(function, *arguments)` with a client of each kind in turn; it awaits what needs to be."""

    class Twin:
        is_async = request.param == "async"

        def publish_event(self, *arguments):
            if not self.is_async:
                return publish_event(keyspace.client(), *arguments)
            return self.run(lambda client: publish_event_async(client, *arguments))

        def publisher(self, method, *arguments, service=Service.RECEIPT_WITNESS, clock=None, **options):
            if not self.is_async:
                return getattr(EventPublisher(keyspace.client(), service, clock=clock), method)(
                    *arguments, **options
                )
            return self.run(
                lambda client: getattr(AsyncEventPublisher(client, service, clock=clock), method)(
                    *arguments, **options
                )
            )

        def run(self, act):
            async def main():
                async with keyspace.async_client() as client:
                    return await act(client)

            return asyncio.run(main())

    return Twin()


def test_an_event_arrives_on_its_channel(twin, inbox):
    """The number that comes back is that of the subscribers who got it."""
    receivers = twin.publish_event(EventType.COUPONS_UPDATED, Service.CLIP_ARTIST, COUPONS)

    ((channel, event),) = inbox()
    assert receivers == 1
    assert channel == "cartsnitch.coupons.updated"
    assert event.service is Service.CLIP_ARTIST
    assert event.payload == CouponsUpdated.model_validate(COUPONS)


def test_nobody_listening_is_no_error(twin):
    """Pub/sub keeps nothing."""
    assert twin.publish_event("cartsnitch.coupons.updated", "clipartist", COUPONS) == 0


def test_a_refused_event_is_not_sent(twin, inbox):
    """Readers never see what does not fit its channel."""
    with pytest.raises(PayloadError, match="expired"):
        twin.publish_event(EventType.COUPONS_UPDATED, "clipartist", COUPONS | {"expired": -1})

    assert inbox() == []


def test_a_publisher_knows_the_channel_by_the_class(twin, inbox):
    """Nothing is said twice."""
    receivers = twin.publisher("publish", receipt(1))

    ((channel, event),) = inbox()
    assert receivers == 1
    assert channel == "cartsnitch.receipts.ingested"
    assert event.payload == receipt(1)
    assert event.service is Service.RECEIPT_WITNESS


def test_a_mapping_needs_its_channel(twin, inbox):
    """With it the mapping is sent, without it the error says what to pass."""
    twin.publisher("publish", COUPONS, event_type=EventType.COUPONS_UPDATED)
    with pytest.raises(PayloadError, match="Pass event_type as well"):
        twin.publisher("publish", COUPONS)

    assert [channel for channel, _ in inbox()] == ["cartsnitch.coupons.updated"]


def test_an_unknown_service_makes_no_publisher(keyspace):
    """A typing mistake is found at the start, not at the first event."""
    with pytest.raises(PayloadError, match="no service 'receipts'"):
        EventPublisher(keyspace.client(), "receipts")


def test_the_clock_gives_the_timestamps(twin, inbox):
    """A test or a replay decides when an event happened."""
    twin.publisher("publish", receipt(1), clock=lambda: WHEN)

    assert [event.timestamp for _, event in inbox()] == [WHEN]


def test_a_batch_arrives_in_its_order(twin, inbox):
    """Channels may be mixed; each event's number of receivers comes back."""
    batch = [receipt(1), CouponsUpdated.model_validate(COUPONS), receipt(2)]

    receivers = twin.publisher("publish_many", iter(batch))

    assert receivers == [1, 1, 1]
    assert [event.payload for _, event in inbox()] == batch


def test_a_batch_of_mappings_shares_one_channel(twin, inbox):
    """`event_type` goes for all of them."""
    twin.publisher("publish_many", [COUPONS, COUPONS], event_type="cartsnitch.coupons.updated")

    assert [channel for channel, _ in inbox()] == ["cartsnitch.coupons.updated"] * 2


def test_one_refused_event_keeps_its_batch_back(twin, inbox):
    """All are checked before the first is sent."""
    broken = receipt(2).model_copy(update={"item_count": -1})

    with pytest.raises(PayloadError, match="item_count"):
        twin.publisher("publish_many", [receipt(1), broken])

    assert inbox() == []


def test_an_empty_batch_asks_nobody():
    """There is no server at this address, and none is needed."""
    nowhere = redis.Redis(unix_socket_path="/nonexistent/redis")

    assert EventPublisher(nowhere, Service.CLIP_ARTIST).publish_many([]) == []


async def test_an_empty_batch_asks_nobody_in_asyncio_either():
    """There is no server at this address, and none is needed."""
    nowhere = redis.asyncio.Redis(unix_socket_path="/nonexistent/redis")

    assert await AsyncEventPublisher(nowhere, Service.CLIP_ARTIST).publish_many([]) == []


class Sends(redis.UnixDomainSocketConnection):
    """Counts what leaves for the server."""

    count = 0

    def send_packed_command(self, command, check_health=True):
        Sends.count += 1
        super().send_packed_command(command, check_health)


class AsyncSends(redis.asyncio.UnixDomainSocketConnection):
    """Counts what leaves for the server."""

    count = 0

    async def send_packed_command(self, command, check_health=True):
        AsyncSends.count += 1
        await super().send_packed_command(command, check_health)


@pytest.fixture(scope="module")
def socket_path():
    """A real server's unix socket."""
    with REDIS_BACKENDS["embedded"]() as server, server.keyspace() as keyspace:
        yield urlsplit(keyspace.url).path


def test_a_batch_takes_one_round_trip(socket_path):
    """A hundred events leave in one write."""
    with redis.Redis(
        connection_pool=redis.ConnectionPool(connection_class=Sends, path=socket_path)
    ) as client:
        client.ping()
        Sends.count = 0

        EventPublisher(client, Service.RECEIPT_WITNESS).publish_many([receipt(n) for n in range(100)])

        assert Sends.count == 1


async def test_a_batch_takes_one_round_trip_in_asyncio_too(socket_path):
    """A hundred events leave in one write."""
    pool = redis.asyncio.ConnectionPool(connection_class=AsyncSends, path=socket_path)
    async with redis.asyncio.Redis.from_pool(pool) as client:
        await client.ping()
        AsyncSends.count = 0

        await AsyncEventPublisher(client, Service.RECEIPT_WITNESS).publish_many(
            [receipt(n) for n in range(100)]
        )

        assert AsyncSends.count == 1


def test_a_server_that_is_away_is_an_error_of_the_client():
    """Nobody is told that an event was sent which was not."""
    nowhere = redis.Redis(unix_socket_path="/nonexistent/redis", retry=None)

    with pytest.raises(redis.ConnectionError):
        EventPublisher(nowhere, Service.RECEIPT_WITNESS).publish(receipt(1))
