"""Sending events.

    publish_event(redis_client, EventType.COUPONS_UPDATED, Service.CLIP_ARTIST, payload)

    publisher = EventPublisher(redis_client, Service.RECEIPT_WITNESS)
    publisher.publish(ReceiptsIngested(...))            # the channel follows from the class
    publisher.publish_many([PricesUpdated(...), ...])   # one round trip

An event that does not fit its channel raises `PayloadError`, and nothing is sent. Errors of the connection
are redis-py's own and pass through. Its client retries by itself, so an event may be sent twice.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import PayloadError
from cartsnitch_common.events.codec import encode_event, known_service
from cartsnitch_common.schemas.events import EventPayload


def publish_event(
    redis_client: Redis,
    event_type: EventType | str,
    service: Service | str,
    payload: EventPayload | Mapping[str, Any],
) -> int:
    """Send one event; returns how many subscribers received it.

    Raises:
        PayloadError: channel, service or payload are not of the contract; nothing was sent.
    """
    return redis_client.publish(event_type, encode_event(event_type, service, payload))


async def publish_event_async(
    redis_client: AsyncRedis,
    event_type: EventType | str,
    service: Service | str,
    payload: EventPayload | Mapping[str, Any],
) -> int:
    """`publish_event` for an asyncio client."""
    return await redis_client.publish(event_type, encode_event(event_type, service, payload))


class _Writer:
    def __init__(self, service: Service | str, clock: Callable[[], datetime] | None) -> None:
        self.service = known_service(service)
        self._clock = clock

    def _message(
        self, payload: EventPayload | Mapping[str, Any], event_type: EventType | str | None
    ) -> tuple[str, bytes]:
        if event_type is None:
            if not isinstance(payload, EventPayload):
                raise PayloadError(
                    "A mapping does not tell its channel. Pass event_type as well, or an instance of the "
                    "channel's payload class."
                )
            event_type = payload.event_type
        moment = self._clock() if self._clock else datetime.now(UTC)
        return event_type, encode_event(event_type, self.service, payload, timestamp=moment)


class EventPublisher(_Writer):
    """Sends the events of one service.

    `clock` gives the events' timestamps; the time is aware, and now unless given.

    Raises:
        PayloadError: no service has this name.
    """

    def __init__(
        self,
        redis_client: Redis,
        service: Service | str,
        *,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(service, clock)
        self._redis = redis_client

    def publish(
        self,
        payload: EventPayload | Mapping[str, Any],
        *,
        event_type: EventType | str | None = None,
    ) -> int:
        """Send one event; returns how many subscribers received it. A mapping needs `event_type`.

        Raises:
            PayloadError: the payload does not fit its channel; nothing was sent.
        """
        return self._redis.publish(*self._message(payload, event_type))

    def publish_many(
        self,
        payloads: Iterable[EventPayload | Mapping[str, Any]],
        *,
        event_type: EventType | str | None = None,
    ) -> list[int]:
        """Send events in order, in one round trip; returns how many subscribers received each.

        Raises:
            PayloadError: one of them does not fit its channel; nothing was sent, not even the others.
        """
        messages = [self._message(payload, event_type) for payload in payloads]
        if not messages:
            return []
        with self._redis.pipeline(transaction=False) as pipe:
            for message in messages:
                pipe.publish(*message)
            return pipe.execute()


class AsyncEventPublisher(_Writer):
    """`EventPublisher` for an asyncio client."""

    def __init__(
        self,
        redis_client: AsyncRedis,
        service: Service | str,
        *,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(service, clock)
        self._redis = redis_client

    async def publish(
        self,
        payload: EventPayload | Mapping[str, Any],
        *,
        event_type: EventType | str | None = None,
    ) -> int:
        """As `EventPublisher.publish`."""
        return await self._redis.publish(*self._message(payload, event_type))

    async def publish_many(
        self,
        payloads: Iterable[EventPayload | Mapping[str, Any]],
        *,
        event_type: EventType | str | None = None,
    ) -> list[int]:
        """As `EventPublisher.publish_many`."""
        messages = [self._message(payload, event_type) for payload in payloads]
        if not messages:
            return []
        async with self._redis.pipeline(transaction=False) as pipe:
            for message in messages:
                pipe.publish(*message)
            return await pipe.execute()
