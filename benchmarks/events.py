"""The event bus against the same Pydantic models and the same redis-py client, driven by hand."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from benchmarks.measure import Table, compare
from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.events import AsyncEventPublisher, EventPublisher, decode_event, encode_event
from cartsnitch_common.schemas.base import WRITING
from cartsnitch_common.schemas.events import ENVELOPES, PAYLOADS, AnyEvent
from cartsnitch_fixtures.servers.redis import embedded_redis

AT_MOST = 1.15
AT_LEAST = 0.9
BATCH = 100
SERVICE = Service.RECEIPT_WITNESS
RECEIPT = {
    "purchase_id": UUID(int=1),
    "user_id": UUID(int=2),
    "store_slug": "meijer",
    "receipt_id": "0042-0017-8842-20260310",
    "purchase_date": date(2026, 3, 10),
    "total": Decimal("54.20"),
    "item_count": 12,
}
PRICE = {
    "price_history_id": UUID(int=1),
    "normalized_product_id": UUID(int=2),
    "store_slug": "meijer",
    "observed_date": date(2026, 3, 10),
    "regular_price": Decimal("3.99"),
    "sale_price": Decimal("2.50"),
    "source": "receipt",
}
EXAMPLES: dict[str, tuple[EventType, dict[str, Any]]] = {
    "a receipt": (EventType.RECEIPTS_INGESTED, RECEIPT),
    "20 prices": (EventType.PRICES_UPDATED, {"prices": [PRICE] * 20}),
}


class PlainReceipt(BaseModel):
    """The same fields in Pydantic's own types."""

    purchase_id: UUID
    user_id: UUID
    store_slug: str
    receipt_id: str
    purchase_date: date
    total: Decimal
    item_count: int


class PlainPrice(BaseModel):
    """The same fields in Pydantic's own types."""

    price_history_id: UUID
    normalized_product_id: UUID
    store_slug: str
    observed_date: date
    regular_price: Decimal
    sale_price: Decimal | None = None
    loyalty_price: Decimal | None = None
    coupon_price: Decimal | None = None
    source: str


class PlainPrices(BaseModel):
    """The same fields in Pydantic's own types."""

    prices: list[PlainPrice]


class PlainEvent[P](BaseModel):
    """The envelope in Pydantic's own types."""

    event_type: str
    timestamp: datetime
    service: str
    payload: P


PLAIN: dict[EventType, type[PlainEvent[Any]]] = {
    EventType.RECEIPTS_INGESTED: PlainEvent[PlainReceipt],
    EventType.PRICES_UPDATED: PlainEvent[PlainPrices],
}


def by_hand(
    event_type: EventType, payload: Any, envelope: type[BaseModel], **strictness: Any
) -> Callable[[], bytes]:
    """Validate payload and envelope once, together, and dump them: the quickest way with Pydantic alone."""

    def encode() -> bytes:
        fields = {
            "event_type": event_type,
            "timestamp": datetime.now(UTC),
            "service": SERVICE,
            "payload": payload,
        }
        return envelope.model_validate(fields, **strictness).model_dump_json().encode()

    return encode


def tables() -> Iterator[Table]:
    """Codec first, then publishing to a real server."""
    yield _encoding()
    yield _decoding()
    yield _publishing()


def _encoding() -> Table:
    table = Table("encode, a payload validated as a writer's")
    strict = {"extra": "forbid", "context": WRITING}
    for name, (event_type, fields) in EXAMPLES.items():
        instance = PAYLOADS[event_type].model_validate(fields)
        for form, payload in (("mapping", fields), ("instance", instance)):
            table.rows.append(
                compare(
                    f"{name}, {form}",
                    lambda event_type=event_type, payload=payload: encode_event(event_type, SERVICE, payload),
                    by_hand(event_type, payload, ENVELOPES[event_type], **strict),
                    most=AT_MOST,
                )
            )
        table.rows.append(
            compare(
                f"{name}, mapping, against a tolerant bare writer",
                lambda event_type=event_type, fields=fields: encode_event(event_type, SERVICE, fields),
                by_hand(event_type, fields, ENVELOPES[event_type]),
            )
        )
        table.rows.append(
            compare(
                f"{name}, mapping, against plain Decimal and str",
                lambda event_type=event_type, fields=fields: encode_event(event_type, SERVICE, fields),
                by_hand(event_type, fields, PLAIN[event_type]),
            )
        )
    return table


def _decoding() -> Table:
    table = Table("decode, as one of six channels")
    bare = TypeAdapter[Any](AnyEvent).validate_json
    for name, (event_type, fields) in EXAMPLES.items():
        raw = encode_event(event_type, SERVICE, fields)
        table.rows.append(
            compare(name, lambda raw=raw: decode_event(raw), lambda raw=raw: bare(raw), most=AT_MOST)
        )
        table.rows.append(
            compare(
                f"{name}, against plain Decimal and str",
                lambda raw=raw: decode_event(raw),
                lambda raw=raw, model=PLAIN[event_type]: model.model_validate_json(raw),
            )
        )
    return table


def _publishing() -> Table:
    table = Table("publish, against redis-py with the same validation")
    most = 1 / AT_LEAST
    with embedded_redis() as server, server.keyspace() as keyspace, asyncio.Runner() as runner:
        client, async_client = keyspace.client(), keyspace.async_client()
        publisher, async_publisher = (
            EventPublisher(client, SERVICE),
            AsyncEventPublisher(async_client, SERVICE),
        )
        for name, (event_type, fields) in EXAMPLES.items():
            payload = PAYLOADS[event_type].model_validate(fields)
            encode = by_hand(event_type, payload, ENVELOPES[event_type], extra="forbid", context=WRITING)

            def bare_batch(event_type: EventType = event_type, encode: Callable[[], bytes] = encode) -> None:
                with client.pipeline(transaction=False) as pipe:
                    for message in [encode() for _ in range(BATCH)]:
                        pipe.publish(event_type, message)
                    pipe.execute()

            async def async_ours(payload: Any = payload) -> None:
                for _ in range(BATCH):
                    await async_publisher.publish(payload)

            async def async_bare(
                event_type: EventType = event_type, encode: Callable[[], bytes] = encode
            ) -> None:
                for _ in range(BATCH):
                    await async_client.publish(event_type, encode())

            async def async_bare_batch(
                event_type: EventType = event_type, encode: Callable[[], bytes] = encode
            ) -> None:
                async with async_client.pipeline(transaction=False) as pipe:
                    for message in [encode() for _ in range(BATCH)]:
                        pipe.publish(event_type, message)
                    await pipe.execute()

            ways: list[tuple[str, int, Callable[[], object], Callable[[], object]]] = [
                (
                    "one by one",
                    1,
                    lambda payload=payload: publisher.publish(payload),
                    lambda event_type=event_type, encode=encode: client.publish(event_type, encode()),
                ),
                (
                    f"batches of {BATCH}",
                    BATCH,
                    lambda payload=payload: publisher.publish_many([payload] * BATCH),
                    bare_batch,
                ),
                (
                    "asyncio, one by one",
                    BATCH,
                    lambda ours=async_ours: runner.run(ours()),
                    lambda bare=async_bare: runner.run(bare()),
                ),
                (
                    f"asyncio, batches of {BATCH}",
                    BATCH,
                    lambda payload=payload: runner.run(async_publisher.publish_many([payload] * BATCH)),
                    lambda bare=async_bare_batch: runner.run(bare()),
                ),
            ]
            for way, per_call, ours, bare in ways:
                table.rows.append(compare(f"{name}, {way}", ours, bare, most=most, per_call=per_call))
        runner.run(async_client.aclose())
    return table
