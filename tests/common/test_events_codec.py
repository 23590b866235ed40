"""Events to bytes and back."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

import pytest
from pydantic import BaseModel, field_validator

from cartsnitch_common.constants import EventType, Service, StoreSlug
from cartsnitch_common.errors import CartsnitchError, PayloadError
from cartsnitch_common.events import decode_as, decode_event, encode_event
from cartsnitch_common.schemas.events import ENVELOPES, PAYLOADS, Event, PricesUpdated, ReceiptsIngested

A, B, C = (str(UUID(int=number)) for number in (1, 2, 3))
WHEN = datetime(2026, 3, 10, 14, 2, 11, 250_000, tzinfo=UTC)
RECEIPT = {
    "purchase_id": A,
    "user_id": B,
    "store_slug": "meijer",
    "receipt_id": "TXN-1",
    "purchase_date": "2026-03-10",
    "total": "54.20",
    "item_count": 12,
}
PRICE = {
    "price_history_id": A,
    "normalized_product_id": B,
    "store_slug": "kroger",
    "observed_date": "2026-03-10",
    "regular_price": "3.99",
    "source": "receipt",
}
PAYLOAD = {
    EventType.RECEIPTS_INGESTED: RECEIPT,
    EventType.PRICES_UPDATED: {"prices": [PRICE, PRICE | {"price_history_id": C, "sale_price": "2.50"}]},
    EventType.PRODUCTS_NORMALIZED: {
        "purchase_item_id": A,
        "normalized_product_id": B,
        "canonical_name": "Crème fraîche \u2028 8 oz",
        "match_method": "upc",
        "confidence": "high",
    },
    EventType.COUPONS_UPDATED: {
        "store_slug": "target",
        "coupon_ids": [A, B],
        "added": 1,
        "updated": 1,
        "expired": 0,
        "refreshed_at": "2026-03-10T09:00:00-05:00",
    },
    EventType.ALERT_PRICE_INCREASE: {
        "normalized_product_id": A,
        "canonical_name": "Whole milk",
        "store_slug": "meijer",
        "old_price": "3.49",
        "new_price": "3.99",
        "percent_change": "14.33",
        "observed_date": "2026-03-10",
        "previous_observed_date": "2026-03-03",
    },
    EventType.ALERT_SHRINKFLATION: {
        "shrinkflation_event_id": A,
        "normalized_product_id": B,
        "canonical_name": "Corn flakes",
        "old_size": "18",
        "old_unit": "oz",
        "new_size": "16.2",
        "new_unit": "oz",
        "confidence": "0.95",
        "detected_date": "2026-03-10",
    },
}
MESSAGE = {
    "event_type": "cartsnitch.receipts.ingested",
    "timestamp": "2026-03-10T14:02:11Z",
    "service": "receiptwitness",
    "payload": RECEIPT,
}


def test_every_channel_has_an_example_here():
    """The tests below go over all six channels."""
    assert PAYLOAD.keys() == PAYLOADS.keys()


@pytest.mark.parametrize("channel", EventType)
def test_a_message_has_exactly_four_keys(channel):
    """The envelope is the same on every channel, and holds nothing else."""
    message = json.loads(encode_event(channel, Service.RECEIPT_WITNESS, PAYLOAD[channel], timestamp=WHEN))

    assert list(message) == ["event_type", "timestamp", "service", "payload"]
    assert message["event_type"] == channel.value
    assert message["timestamp"] == "2026-03-10T14:02:11.250000Z"
    assert message["service"] == "receiptwitness"


@pytest.mark.parametrize("channel", EventType)
def test_the_bytes_are_those_of_the_envelope_class(channel):
    """What is put together for speed is what Pydantic itself would send."""
    envelope = ENVELOPES[channel].model_validate(
        {"event_type": channel, "timestamp": WHEN, "service": "clipartist", "payload": PAYLOAD[channel]}
    )

    raw = encode_event(channel, "clipartist", PAYLOAD[channel], timestamp=WHEN)

    assert raw == envelope.model_dump_json().encode()


@pytest.mark.parametrize("channel", EventType)
def test_an_event_returns_as_it_was_sent(channel):
    """Encoding and decoding lose nothing."""
    payload = PAYLOADS[channel].model_validate(PAYLOAD[channel])

    event = decode_event(encode_event(channel.value, Service.CLIP_ARTIST, payload, timestamp=WHEN))

    assert type(event) is ENVELOPES[channel]
    assert event.payload == payload
    assert (event.event_type, event.service, event.timestamp) == (channel, Service.CLIP_ARTIST, WHEN)


@pytest.mark.parametrize("convert", [ReceiptsIngested.model_validate, MappingProxyType])
def test_a_payload_may_be_an_instance_or_any_mapping(convert):
    """All ways to write the same payload send the same bytes."""
    expected = encode_event(MESSAGE["event_type"], "receiptwitness", RECEIPT, timestamp=WHEN)

    raw = encode_event(MESSAGE["event_type"], "receiptwitness", convert(RECEIPT), timestamp=WHEN)

    assert raw == expected


def test_the_timestamp_is_now_unless_given():
    """The moment lies between before and after."""
    before = datetime.now(UTC)

    event = decode_event(encode_event(MESSAGE["event_type"], "receiptwitness", RECEIPT))

    assert before <= event.timestamp <= datetime.now(UTC)


def test_a_timestamp_leaves_as_utc():
    """Ten in Detroit is two in the afternoon on the wire."""
    detroit = WHEN.astimezone(timezone(timedelta(hours=-4)))

    raw = encode_event(MESSAGE["event_type"], "receiptwitness", RECEIPT, timestamp=detroit)

    assert json.loads(raw)["timestamp"] == "2026-03-10T14:02:11.250000Z"


def test_a_timestamp_without_a_zone_is_refused():
    """Nobody could tell which moment was meant."""
    with pytest.raises(PayloadError, match=r"needs a time zone: use datetime\.now\(UTC\)"):
        encode_event(MESSAGE["event_type"], "receiptwitness", RECEIPT, timestamp=datetime(2026, 3, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("channel", "payload", "said"),
    [
        (EventType.RECEIPTS_INGESTED, RECEIPT | {"totl": 1}, "totl: the contract has no such field"),
        (EventType.RECEIPTS_INGESTED, RECEIPT | {"total": None}, "total: Input should be a decimal"),
        (EventType.RECEIPTS_INGESTED, RECEIPT | {"store_slug": "aldi"}, "store_slug: Input should be one of"),
        (EventType.RECEIPTS_INGESTED, {}, "purchase_id: Field required; .*; and 4 more"),
        (EventType.PRICES_UPDATED, {"prices": []}, "prices: List should have at least 1 item"),
        (
            EventType.PRICES_UPDATED,
            {"prices": [PRICE | {"a b": 1}]},
            r"prices\[0\]\.'a b': the contract has no",
        ),
        (
            EventType.PRICES_UPDATED,
            {"prices": [PRICE, PRICE | {"source": "rumour"}]},
            r"prices\[1\]\.source: ",
        ),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_by_channel_and_field(channel, payload, said):
    """A writer sends what the contract knows, at any depth."""
    with pytest.raises(PayloadError, match=rf"^{channel} cannot be published: {said}") as refused:
        encode_event(channel, "receiptwitness", payload)

    assert f"Send the fields of {PAYLOADS[channel].__name__}" in str(refused.value)
    assert refused.value.raw is None


def test_an_instance_that_was_put_together_unchecked_is_refused():
    """`model_construct` and `model_copy(update=...)` check nothing; publishing does."""
    unchecked = ReceiptsIngested.model_validate(RECEIPT).model_copy(update={"total": Decimal("NaN")})

    with pytest.raises(PayloadError, match="total: Input should be a decimal"):
        encode_event(EventType.RECEIPTS_INGESTED, "receiptwitness", unchecked)


def test_a_reader_does_not_pass_on_what_it_does_not_know():
    """An unknown store may be read, but who sends it answers for it."""
    read = decode_event(json.dumps(MESSAGE | {"payload": RECEIPT | {"store_slug": "aldi"}}))

    with pytest.raises(PayloadError, match="store_slug"):
        encode_event(read.event_type, Service.STICKER_SHOCK, read.payload)


def test_a_channel_takes_its_own_payload_alone():
    """The message says what was passed and what belongs there."""
    prices = PricesUpdated.model_validate({"prices": [PRICE]})

    with pytest.raises(
        PayloadError, match=r"receipts\.ingested carries ReceiptsIngested, not PricesUpdated\."
    ):
        encode_event(EventType.RECEIPTS_INGESTED, "receiptwitness", prices)


@pytest.mark.parametrize("payload", [None, "{}", [RECEIPT], 1])
def test_a_payload_is_fields(payload):
    """Anything but an instance or a mapping is a mistake of the caller."""
    with pytest.raises(PayloadError, match="Pass an instance of ReceiptsIngested or a mapping"):
        encode_event(EventType.RECEIPTS_INGESTED, "receiptwitness", payload)


@pytest.mark.parametrize(
    ("channel", "service", "said"),
    [
        (
            "cartsnitch.receipt.ingested",
            "receiptwitness",
            "no channel 'cartsnitch.receipt.ingested'. Use one",
        ),
        (EventType.RECEIPTS_INGESTED, "receipts", "no service 'receipts'. Use one of: receiptwitness"),
    ],
)
def test_an_unknown_channel_or_service_is_refused_with_the_known_ones(channel, service, said):
    """A typing mistake would otherwise go unheard."""
    with pytest.raises(PayloadError, match=said):
        encode_event(channel, service, RECEIPT)


def test_a_reader_ignores_new_fields_and_keeps_new_values():
    """An older service outlives a newer one."""
    payload = RECEIPT | {"store_slug": "aldi", "currency": "USD"}

    event = decode_event(json.dumps(MESSAGE | {"payload": payload, "service": "newcomer", "trace": "1"}))

    assert event.payload.store_slug == "aldi"
    assert not isinstance(event.payload.store_slug, StoreSlug)
    assert event.service == "newcomer"
    assert event.payload.total == Decimal("54.20")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (b"\xff\xfe", "Invalid JSON: expected value at line 1 column 1"),
        (b"[]", "Input should be an object"),
        (b"null", "Input should be an object"),
        (b"{}", "event_type: Field required"),
        (b'{"event_type": "prices\\n2026 ERROR"}', r"event_type: no channel is called 'prices\n2026 ERROR'"),
        (b'{"event_type": "%s"}' % (b"x" * 1000), f"event_type: no channel is called '{'x' * 60}...'"),
        (b"[" * 10_000, "Invalid JSON: recursion limit exceeded"),
        (
            json.dumps(MESSAGE | {"timestamp": "2026-03-10T14:02:11"}).encode(),
            "timestamp: Input should have timezone info",
        ),
        (
            json.dumps(MESSAGE | {"payload": RECEIPT | {"total": "cheap", "item_count": -1}}).encode(),
            (
                "payload.total: Input should be a decimal from -99999999.99 to 99999999.99, as a number "
                "or a string like '4.99'"
                "; payload.item_count: Input should be greater than or equal to 0"
            ),
        ),
    ],
)
def test_a_message_that_is_no_event_says_why_in_one_line(raw, reason):
    """The reason names the field; the message itself goes along."""
    with pytest.raises(PayloadError) as refused:
        decode_event(raw)

    assert refused.value.reason.startswith(reason)
    assert len(refused.value.reason.splitlines()) == 1
    assert refused.value.raw == raw


@pytest.mark.parametrize("text", ["\ud800", '{"event_type": 1'])
def test_text_is_decoded_like_bytes(text):
    """Clients that decode responses hand over text; what is not JSON is refused the same way."""
    with pytest.raises(PayloadError) as refused:
        decode_event(text)

    assert isinstance(refused.value.raw, bytes)


@pytest.mark.parametrize(
    "act",
    [
        lambda payload: encode_event(EventType.RECEIPTS_INGESTED, "receiptwitness", payload),
        lambda payload: decode_event(json.dumps(MESSAGE | {"payload": payload})),
    ],
    ids=["encode", "decode"],
)
def test_a_reason_repeats_no_value(act):
    """What stands in a payload may be somebody's secret, and reasons are logged."""
    with pytest.raises(CartsnitchError) as refused:
        act({name: {"nested": "hunter2"} for name in RECEIPT})

    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


class JustTheTotal(BaseModel):
    """A reader of its own."""

    total: Decimal

    @field_validator("total")
    @classmethod
    def _look_up(cls, value):
        return {Decimal("54.20"): value}[value]


def test_a_reader_of_its_own_needs_only_what_it_names():
    """The rest of the payload may be missing or broken."""
    raw = json.dumps(MESSAGE | {"payload": {"total": "54.20", "item_count": "many"}})

    event = decode_as(raw, Event[JustTheTotal])

    assert event.payload == JustTheTotal(total=Decimal("54.20"))
    assert event.event_type is EventType.RECEIPTS_INGESTED


def test_a_reader_of_its_own_refuses_what_it_cannot_read():
    """The reason names the field, as with the shared classes."""
    with pytest.raises(PayloadError, match=r"^payload\.total: Field required$"):
        decode_as(json.dumps(MESSAGE | {"payload": {}}), Event[JustTheTotal])


def test_a_validator_that_breaks_makes_the_message_unreadable():
    """A mistake in a service's own model is told as such, and the cause is kept."""
    raw = json.dumps(MESSAGE | {"payload": {"total": "1"}})

    with pytest.raises(
        PayloadError, match=r"a validator of Event\[JustTheTotal\] raised KeyError"
    ) as refused:
        decode_as(raw, Event[JustTheTotal])

    assert isinstance(refused.value.__cause__, KeyError)
