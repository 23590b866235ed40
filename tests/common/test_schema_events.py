"""The six channels, their envelope, and how a redelivered event is recognised."""

import json
from typing import get_args
from uuid import UUID

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.schemas.base import WRITING
from cartsnitch_common.schemas.events import (
    ENVELOPES,
    PAYLOADS,
    AnyEvent,
    CouponsUpdated,
    Event,
    PriceIncreaseAlert,
    PricesUpdated,
    ProductsNormalized,
    ReceiptsIngested,
    ShrinkflationAlert,
)

A, B, C = (str(UUID(int=number)) for number in (1, 2, 3))
PRICE = {
    "price_history_id": A,
    "normalized_product_id": B,
    "store_slug": "kroger",
    "observed_date": "2026-03-10",
    "regular_price": "3.99",
    "source": "receipt",
}
PAYLOAD = {
    ReceiptsIngested: {
        "purchase_id": A,
        "user_id": B,
        "store_slug": "meijer",
        "receipt_id": "TXN-1",
        "purchase_date": "2026-03-10",
        "total": "41.17",
        "item_count": 12,
    },
    PricesUpdated: {"prices": [PRICE, {**PRICE, "price_history_id": C, "sale_price": "2.99"}]},
    ProductsNormalized: {
        "purchase_item_id": A,
        "normalized_product_id": B,
        "canonical_name": "Bananas",
        "upc": "4011",
        "match_method": "upc",
        "confidence": "high",
    },
    CouponsUpdated: {
        "store_slug": "target",
        "coupon_ids": [A],
        "added": 1,
        "updated": 0,
        "expired": 2,
        "refreshed_at": "2026-03-10T14:02:11Z",
    },
    PriceIncreaseAlert: {
        "normalized_product_id": B,
        "canonical_name": "Coffee",
        "store_slug": "kroger",
        "old_price": "7.99",
        "new_price": "8.99",
        "percent_change": "12.52",
        "observed_date": "2026-03-10",
        "previous_observed_date": "2026-03-03",
    },
    ShrinkflationAlert: {
        "shrinkflation_event_id": A,
        "normalized_product_id": B,
        "canonical_name": "Folgers",
        "old_size": "51",
        "old_unit": "oz",
        "new_size": "43.5",
        "new_unit": "oz",
        "confidence": "0.95",
        "detected_date": "2026-03-10",
    },
}
KEYS = {
    ReceiptsIngested: (A,),
    PricesUpdated: (A, C),
    ProductsNormalized: (A,),
    CouponsUpdated: ("target|2026-03-10T14:02:11+00:00",),
    PriceIncreaseAlert: (f"{B}|kroger|2026-03-10",),
    ShrinkflationAlert: (A,),
}
payloads = pytest.mark.parametrize("payload", PAYLOAD)


def envelope(payload, **changes):
    return {
        "event_type": payload.event_type,
        "timestamp": "2026-03-10T14:02:11Z",
        "service": "receiptwitness",
        "payload": PAYLOAD[payload],
        **changes,
    }


def test_each_channel_has_one_payload_and_one_envelope():
    """Six channels, six payload classes, six members of the union."""
    union = get_args(get_args(AnyEvent)[0])

    assert set(PAYLOADS) == set(ENVELOPES) == set(EventType)
    assert set(union) == set(ENVELOPES.values())
    assert all(ENVELOPES[kind].model_fields["payload"].annotation is PAYLOADS[kind] for kind in EventType)


@payloads
def test_an_event_is_told_by_its_type(payload):
    """The union picks the payload class; what comes out is what went in."""
    event = TypeAdapter(AnyEvent).validate_json(json.dumps(envelope(payload)))
    sent = json.loads(event.model_dump_json(exclude_none=True))

    assert type(event.payload) is payload
    assert sent == envelope(payload)
    assert list(sent) == ["event_type", "timestamp", "service", "payload"]


@payloads
def test_a_redelivered_event_is_recognised(payload):
    """The keys depend on the facts alone, not on the delivery."""
    first, again = (payload.model_validate(PAYLOAD[payload]) for _ in range(2))

    assert first.idempotency_keys == again.idempotency_keys == KEYS[payload]


@payloads
def test_a_payload_is_immutable(payload):
    """Handlers share one event; none can change it for the others."""
    first = next(iter(payload.model_fields))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(payload.model_validate(PAYLOAD[payload]), first, None)


def test_a_reader_ignores_what_it_does_not_know():
    """New fields at every level, a new service and a new store reach an older reader unharmed."""
    raw = envelope(PricesUpdated, service="pantrypal", trace="x")
    raw["payload"] = {"prices": [{**PRICE, "store_slug": "aldi", "source": "app", "per": "lb"}], "batch": 7}

    event = TypeAdapter(AnyEvent).validate_python(raw)

    assert (event.service, event.payload.prices[0].store_slug) == ("pantrypal", "aldi")
    assert not isinstance(event.service, Service)


def test_a_writer_sends_only_what_it_declares():
    """In writing mode unknown enum values are refused however deep they stand."""
    payload = PricesUpdated.model_validate({"prices": [{**PRICE, "store_slug": "aldi"}]})

    with pytest.raises(ValidationError, match=r"prices\.0\.store_slug"):
        PricesUpdated.model_validate(payload, context=WRITING)


@pytest.mark.parametrize(
    ("payload", "change"),
    [
        (ReceiptsIngested, {"total": "NaN"}),
        (ReceiptsIngested, {"item_count": -1}),
        (ReceiptsIngested, {"receipt_id": ""}),
        (PricesUpdated, {"prices": []}),
        (PricesUpdated, {"prices": [PRICE] * 1001}),
        (CouponsUpdated, {"refreshed_at": "2026-03-10T14:02:11"}),
        (ShrinkflationAlert, {"confidence": "1.01"}),
        (ShrinkflationAlert, {"new_size": "0"}),
    ],
)
def test_a_payload_that_makes_no_sense_is_refused(payload, change):
    """Readers are tolerant of more, not of nonsense."""
    with pytest.raises(ValidationError):
        payload.model_validate({**PAYLOAD[payload], **change})


def test_a_handler_may_read_with_a_model_of_its_own():
    """Only the fields that it names are validated."""

    class JustTheTotal(BaseModel):
        total: str

    event = Event[JustTheTotal].model_validate({**envelope(ReceiptsIngested), "payload": {"total": "41.17"}})

    assert event.payload.total == "41.17"
