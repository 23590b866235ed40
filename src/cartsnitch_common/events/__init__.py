"""The event bus: typed events over Redis pub/sub.

    publish_event(redis_client, EventType.RECEIPTS_INGESTED, Service.RECEIPT_WITNESS, payload)

    subscriber = EventSubscriber()
    subscriber.on(EventType.RECEIPTS_INGESTED, handle)
    subscriber.run()

Payload classes and the envelope `Event` are in `cartsnitch_common.schemas.events`.
"""

from cartsnitch_common.events.backoff import Backoff
from cartsnitch_common.events.codec import decode_as, decode_event, encode_event
from cartsnitch_common.events.listener import Stats
from cartsnitch_common.events.publisher import (
    AsyncEventPublisher,
    EventPublisher,
    publish_event,
    publish_event_async,
)
from cartsnitch_common.events.readers import SubscriptionError
from cartsnitch_common.events.subscriber import AsyncEventSubscriber, EventSubscriber

__all__ = [
    "publish_event",
    "publish_event_async",
    "EventPublisher",
    "AsyncEventPublisher",
    "EventSubscriber",
    "AsyncEventSubscriber",
    "SubscriptionError",
    "Backoff",
    "Stats",
    "encode_event",
    "decode_event",
    "decode_as",
]
