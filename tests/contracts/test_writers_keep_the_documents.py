"""Whatever the classes send fits the frozen documents, and whatever the documents let through is read."""

import json
from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cartsnitch_common.constants import (
    EventType,
    MatchConfidence,
    MatchMethod,
    PriceSource,
    Service,
    SizeUnit,
    StoreSlug,
)
from cartsnitch_common.events import decode_event, encode_event
from cartsnitch_common.schemas.events import ENVELOPES
from cartsnitch_contracts import check_event, documents, places
from cartsnitch_contracts.proof.samples import samples

MOST = 60


def exact(lowest: str, highest: str) -> st.SearchStrategy[Decimal]:
    """Decimals of two places."""
    return st.decimals(Decimal(lowest), Decimal(highest), places=2, allow_nan=False)


def text(longest: int) -> st.SearchStrategy[str]:
    """Any text that PostgreSQL can store."""
    return st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=longest)


IDS, DAYS, COUNTS = st.uuids(), st.dates(date.min, date.max), st.integers(0, 2**53)
MOMENTS = st.datetimes(timezones=st.just(UTC))
MONEY = exact("-99999999.99", "99999999.99")
PERCENT = exact("-9999999.99", "9999999.99")
STORES, UNITS = st.sampled_from(StoreSlug), st.sampled_from(SizeUnit)
SIZES = st.from_regex(r"\A(0\.0{0,3}[1-9]|[1-9][0-9]{0,9}(\.[0-9]{1,4})?)( ?x ?[1-9][0-9]{0,3})?\Z")
MAYBE_MONEY = st.none() | MONEY
PAYLOADS = {
    EventType.RECEIPTS_INGESTED: st.fixed_dictionaries(
        {
            "purchase_id": IDS,
            "user_id": IDS,
            "store_slug": STORES,
            "receipt_id": text(200),
            "purchase_date": DAYS,
            "total": MONEY,
            "item_count": COUNTS,
        }
    ),
    EventType.PRICES_UPDATED: st.fixed_dictionaries(
        {
            "prices": st.lists(
                st.fixed_dictionaries(
                    {
                        "price_history_id": IDS,
                        "normalized_product_id": IDS,
                        "store_slug": STORES,
                        "observed_date": DAYS,
                        "regular_price": MONEY,
                        "source": st.sampled_from(PriceSource),
                    },
                    optional=dict.fromkeys(("sale_price", "loyalty_price", "coupon_price"), MAYBE_MONEY),
                ),
                min_size=1,
                max_size=4,
            )
        }
    ),
    EventType.PRODUCTS_NORMALIZED: st.fixed_dictionaries(
        {
            "purchase_item_id": IDS,
            "normalized_product_id": IDS,
            "canonical_name": text(300),
            "match_method": st.sampled_from(MatchMethod),
            "confidence": st.sampled_from(MatchConfidence),
        },
        optional={"upc": st.none() | st.from_regex(r"\A[0-9]{4,20}\Z")},
    ),
    EventType.COUPONS_UPDATED: st.fixed_dictionaries(
        {
            "store_slug": STORES,
            "coupon_ids": st.lists(IDS, max_size=5),
            "added": COUNTS,
            "updated": COUNTS,
            "expired": COUNTS,
            "refreshed_at": MOMENTS,
        }
    ),
    EventType.ALERT_PRICE_INCREASE: st.fixed_dictionaries(
        {
            "normalized_product_id": IDS,
            "canonical_name": text(300),
            "store_slug": STORES,
            "old_price": MONEY,
            "new_price": MONEY,
            "percent_change": PERCENT,
            "observed_date": DAYS,
            "previous_observed_date": DAYS,
        },
        optional={"cpi_percent_change": st.none() | PERCENT},
    ),
    EventType.ALERT_SHRINKFLATION: st.fixed_dictionaries(
        {
            "shrinkflation_event_id": IDS,
            "normalized_product_id": IDS,
            "canonical_name": text(300),
            "old_size": SIZES,
            "old_unit": UNITS,
            "new_size": SIZES,
            "new_unit": UNITS,
            "confidence": exact("0", "1"),
            "detected_date": DAYS,
        },
        optional={
            "price_at_old_size": MAYBE_MONEY,
            "price_at_new_size": MAYBE_MONEY,
            "unit_price_percent_change": st.none() | PERCENT,
        },
    ),
}
CHANNELS = pytest.mark.parametrize("event_type", EventType, ids=lambda event_type: event_type.value)


@CHANNELS
@settings(deadline=None, database=None, max_examples=MOST)
@given(data=st.data())
def test_every_encoded_event_fits_its_document(event_type, data):
    """What the bus sends is what the writer's document promises, and the reader's accepts."""
    payload = data.draw(PAYLOADS[event_type])
    service, moment = data.draw(st.sampled_from(Service)), data.draw(MOMENTS)

    raw = encode_event(event_type, service, payload, timestamp=moment)

    assert check_event(raw) == []
    assert check_event(raw, side="reader") == []


def test_an_event_may_state_a_thousand_prices_and_not_one_more():
    """The document and the class have the same limit."""
    (document,) = [document for document in documents() if document.name == "prices.updated"]
    price = document.accepted["minimal"]["payload"]["prices"][0]

    most = places.put(document.accepted["minimal"], ("payload", "prices"), [price] * 1000)
    more = places.put(document.accepted["minimal"], ("payload", "prices"), [price] * 1001)

    assert check_event(most) == []
    assert len(decode_event(json.dumps(most).encode()).payload.prices) == 1000
    assert [problem.rule for problem in check_event(more)] == ["maxItems"]


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_what_the_writer_document_lets_through_is_read(document):
    """Each field of each example at each edge of its schema: if it may be sent, the class decodes it."""
    envelope = ENVELOPES[EventType(document.channel)]
    sent = samples(document.writer, document.accepted.values())
    refused = []
    for event in sent:
        try:
            envelope.model_validate_json(json.dumps(event))
        except ValidationError as error:
            refused.append((error.errors()[0]["loc"], event))

    assert len(sent) > 50
    assert refused == []
