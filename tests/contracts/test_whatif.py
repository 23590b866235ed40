"""Copies of a contract with a field renamed."""

import jsonschema_rs
import pytest

from cartsnitch_contracts import (
    DocumentError,
    check_event,
    documents,
    load_document,
    rename_field,
    rename_in_event,
)

RECEIPTS = load_document("receipts.ingested")
PRICES = load_document("prices.updated")


def test_a_renamed_field_is_renamed_everywhere():
    """Both schemas are valid, every example still shows what it showed, and the original is as it was."""
    before = PRICES.dumps()

    copy = rename_field(PRICES, "payload.prices[].regular_price", "shelf_price")

    for schema in (copy.writer, copy.reader):
        jsonschema_rs.meta.validate(schema)
        assert "shelf_price" in schema["$defs"]["PriceUpdate"]["required"]
    assert "regular_price" not in copy.dumps().replace(copy.version, "")
    assert all(check_event(event, copy) == [] for event in copy.accepted.values())
    assert all(check_event(variant.event, copy, side="reader") for variant in copy.rejected)
    assert all(not check_event(variant.event, copy, side="reader") for variant in copy.tolerated)
    assert PRICES.dumps() == before


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_a_field_of_the_envelope_can_be_renamed(document):
    """Any declared place can."""
    copy = rename_field(document, "timestamp", "sent_at")

    assert check_event(document.accepted["minimal"], copy)
    assert check_event(rename_in_event(document.accepted["minimal"], "timestamp", "sent_at"), copy) == []


def test_an_event_is_renamed_in_place():
    """Every item's field, in the order that it had; an event without the field is only copied."""
    event = PRICES.accepted["typical"]

    renamed = rename_in_event(event, "payload.prices[].source", "origin")

    assert [list(price)[-1] for price in renamed["payload"]["prices"]] == ["origin", "origin"]
    assert [price["origin"] for price in renamed["payload"]["prices"]] == ["receipt", "receipt"]
    assert rename_in_event(event, "payload.total", "grand_total") == event
    assert "source" in event["payload"]["prices"][0]


@pytest.mark.parametrize(
    ("place", "name"),
    [("payload.sum", "total2"), ("payload.total", "user_id"), ("payload.total.cents", "c"), ("event", "x")],
)
def test_a_renaming_that_cannot_be_is_explained(place, name):
    """No such field, or the name is taken."""
    with pytest.raises(DocumentError, match=f"no {place} to rename to '{name}', or the name is taken"):
        rename_field(RECEIPTS, place, name)
