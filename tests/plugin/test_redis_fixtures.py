"""The Redis fixtures, on the fake by default and on a real server where a project overrides one."""

import pytest

REAL = """
    import pytest
    from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS

    @pytest.fixture(scope="session")
    def redis_server():
        with REDIS_BACKENDS["embedded"]() as server:
            yield server
"""
BACKENDS = pytest.mark.parametrize("backend", ["", REAL], ids=["fake", "embedded"])

COUPONS = """
    import pytest
    from cartsnitch_common.constants import EventType, Service
    from cartsnitch_common.events import publish_event, publish_event_async
    from cartsnitch_common.schemas.events import CouponsUpdated, ReceiptsIngested

    KIND = EventType.COUPONS_UPDATED

    def coupons(added):
        return {
            "store_slug": "meijer", "coupon_ids": [], "added": added, "updated": 0, "expired": 0,
            "refreshed_at": "2026-03-10T14:00:00Z",
        }
"""


@BACKENDS
def test_all_clients_of_a_test_see_one_empty_redis(run, backend):
    """Clients and the URL share their data and channels; the next test starts without any of it."""
    result = run(
        backend
        + """
    import pytest, redis

    @pytest.mark.parametrize("turn", range(3))
    async def test_one(redis_client, async_redis_client, redis_url, turn):
        assert redis_client.incr("turns") == 1
        assert await async_redis_client.incr("turns") == 2
        with redis.Redis.from_url(redis_url) as own:
            assert own.eval("return redis.call('INCR', KEYS[1])", 1, "turns") == 3
            with own.pubsub() as listener:
                listener.subscribe("news")
                assert listener.get_message(timeout=5)["type"] == "subscribe"
                assert redis_client.publish("news", "!") == 1
                assert listener.get_message(timeout=5)["data"] == b"!"
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=3)


@BACKENDS
def test_a_listener_that_a_test_left_hears_nothing_of_the_next(run, backend):
    """Subscriptions and blocked readers end with their test."""
    result = run(
        backend
        + """
    import pytest, redis

    kept = []

    @pytest.mark.parametrize("turn", range(2))
    def test_untidy(redis_client, redis_url, turn):
        assert redis_client.publish("news", "!") == 0
        own = redis.Redis.from_url(redis_url)
        listener = own.pubsub()
        listener.subscribe("news")
        assert listener.get_message(timeout=5)["type"] == "subscribe"
        kept.append((own, listener))
    """
    )

    result.assert_outcomes(passed=2)


@BACKENDS
def test_published_events_are_seen_typed_and_in_order(run, backend):
    """Events of the sync and the async bus arrive decoded, by channel or by payload class."""
    result = run(
        backend
        + COUPONS
        + """
    async def test_publish(redis_client, async_redis_client, published_events):
        publish_event(redis_client, KIND, Service.CLIP_ARTIST, coupons(1))
        await publish_event_async(async_redis_client, KIND, Service.CLIP_ARTIST, coupons(2))

        assert [event.payload.added for event in published_events.all] == [1, 2]
        assert published_events.of(CouponsUpdated) == published_events.of(KIND) == published_events.all
        assert published_events.of(ReceiptsIngested) == []
        assert isinstance(published_events.all[0].payload, CouponsUpdated)

    def test_next(published_events):
        assert published_events.all == []
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=2)


@BACKENDS
def test_waiting_gives_each_event_once(run, backend):
    """A wait returns as soon as the event is there, each event once, and tells what came when none did."""
    result = run(
        backend
        + COUPONS
        + """
    import asyncio, threading

    def test_wait(redis_client, published_events):
        def publish(added):
            publish_event(redis_client, KIND, Service.CLIP_ARTIST, coupons(added))

        later = [threading.Timer(0.05 * added, publish, [added]) for added in (1, 2)]
        for timer in later:
            timer.start()

        assert published_events.wait_for(CouponsUpdated).payload.added == 1
        assert published_events.wait_for(KIND).payload.added == 2
        with pytest.raises(TimeoutError, match="No cartsnitch.coupons.updated within 0.01 seconds; .* 2 x "):
            published_events.wait_for(KIND, timeout=0.01)
        for timer in later:
            timer.join()

    async def test_wait_async(async_redis_client, published_events):
        async def later():
            await asyncio.sleep(0.05)
            await publish_event_async(async_redis_client, KIND, "clipartist", coupons(3))

        task = asyncio.create_task(later())
        event = await published_events.wait_for_async(KIND)
        await task

        assert event.payload.added == 3
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=2)


def test_a_message_that_breaks_its_contract_is_told_apart(run):
    """What is no valid event stands in `invalid` with its reason and its bytes, and not among the events."""
    result = run(
        COUPONS
        + """
    def test_invalid(redis_client, published_events):
        redis_client.publish(KIND, b"not json")
        publish_event(redis_client, KIND, Service.CLIP_ARTIST, coupons(1))

        assert len(published_events.all) == 1
        (refused,) = published_events.invalid
        assert refused.raw == b"not json"
        assert refused.reason
        with pytest.raises(TimeoutError, match="Refused: "):
            published_events.wait_for(ReceiptsIngested, timeout=0)
    """
    )

    result.assert_outcomes(passed=1)
