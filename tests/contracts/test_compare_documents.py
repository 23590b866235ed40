"""Two versions of a channel's contract: what changed, whom it breaks, and in which order it could be made."""

import copy
import dataclasses
from collections.abc import Callable

import pytest

from cartsnitch_contracts import (
    Document,
    DocumentError,
    Finding,
    Order,
    Verdict,
    check_event,
    compare_documents,
    documents,
    load_document,
    places,
    rename_field,
)
from cartsnitch_contracts.diff.report import Impact

RECEIPTS = load_document("receipts.ingested")
PRICES = load_document("prices.updated")
OK, BREAKS, UNPROVEN = Verdict.COMPATIBLE, Verdict.BREAKING, Verdict.UNPROVEN
type Edit = Callable[[dict], None]


def edited(
    document: Document, edit: Edit, *, sides: tuple[str, ...] = ("writer", "reader"), **other
) -> Document:
    """A copy whose schemas were edited: `edit` gets each side's payload, or price, as an object schema."""
    schemas = {side: copy.deepcopy(getattr(document, side)) for side in sides}
    for schema in schemas.values():
        (name,) = schema["$defs"].keys() & {"ReceiptsIngested", "PriceUpdate"}
        edit(schema["$defs"][name])
    return dataclasses.replace(document, **schemas, **other)


def add(name: str, schema: dict, *, required: bool) -> Edit:
    def edit(target: dict) -> None:
        target["properties"][name] = schema
        target["required"] += [name] * required

    return edit


def remove(name: str) -> Edit:
    def edit(target: dict) -> None:
        del target["properties"][name]
        target["required"] = [other for other in target["required"] if other != name]

    return edit


def require(name: str, demanded: bool = True) -> Edit:
    def edit(target: dict) -> None:
        target["required"] = [other for other in target["required"] if other != name] + [name] * demanded

    return edit


def replace(name: str, schema: dict) -> Edit:
    def edit(target: dict) -> None:
        target["properties"][name] = schema

    return edit


def nullable(name: str) -> Edit:
    def edit(target: dict) -> None:
        target["properties"][name] = {"anyOf": [target["properties"][name], {"type": "null"}]}

    return edit


def limit(name: str, **keywords: int) -> Edit:
    def edit(target: dict) -> None:
        target["properties"][name] = {**target["properties"][name], **keywords}

    return edit


def dropped(document: Document, place: str) -> dict:
    """Examples without a field."""
    accepted = {name: places.drop(event, places.parse(place)) for name, event in document.accepted.items()}
    return {"examples": {"accepted": accepted}}


def stops(finding: Finding) -> tuple[str, ...]:
    return tuple(effect.service for effect in finding.effects if effect.impact is Impact.STOPS)


TEXT = {"type": "string"}
WITHOUT_TOTAL = edited(RECEIPTS, remove("total"), **dropped(RECEIPTS, "payload.total"))
CLOSED = edited(RECEIPTS, lambda target: target.update(additionalProperties=False), sides=("reader",))
CASES = {
    "an optional field added": (
        RECEIPTS,
        edited(RECEIPTS, add("currency", TEXT, required=False)),
        "optional-field-added",
        "payload.currency",
        OK,
        OK,
        Order.ANY,
    ),
    "an optional field added, read by a closed reader": (
        CLOSED,
        edited(CLOSED, add("currency", TEXT, required=False)),
        "optional-field-added",
        "payload.currency",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "a required field added": (
        RECEIPTS,
        edited(RECEIPTS, add("currency", TEXT, required=True)),
        "required-field-added",
        "payload.currency",
        OK,
        BREAKS,
        Order.WRITERS_FIRST,
    ),
    "a required field removed": (
        RECEIPTS,
        WITHOUT_TOTAL,
        "field-removed",
        "payload.total",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "an optional field removed": (
        PRICES,
        edited(PRICES, remove("coupon_price")),
        "optional-field-removed",
        "payload.prices[].coupon_price",
        OK,
        OK,
        Order.ANY,
    ),
    "optional became required, and was always sent": (
        PRICES,
        edited(PRICES, require("coupon_price")),
        "field-made-required",
        "payload.prices[].coupon_price",
        OK,
        OK,
        Order.ANY,
    ),
    "optional became required, and may have been left out": (
        edited(PRICES, require("coupon_price", demanded=False), sides=("writer",)),
        edited(PRICES, require("coupon_price")),
        "field-made-required",
        "payload.prices[].coupon_price",
        OK,
        BREAKS,
        Order.WRITERS_FIRST,
    ),
    "required became optional": (
        RECEIPTS,
        edited(RECEIPTS, require("total", demanded=False)),
        "field-made-optional",
        "payload.total",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "another type": (
        RECEIPTS,
        edited(RECEIPTS, replace("receipt_id", {"type": "integer"})),
        "type-changed",
        "payload.receipt_id",
        BREAKS,
        BREAKS,
        Order.TOGETHER,
    ),
    "null allowed": (
        RECEIPTS,
        edited(RECEIPTS, nullable("receipt_id")),
        "type-widened",
        "payload.receipt_id",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "a longer text": (
        RECEIPTS,
        edited(RECEIPTS, limit("receipt_id", maxLength=300)),
        "length-loosened",
        "payload.receipt_id",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "a shorter text": (
        RECEIPTS,
        edited(RECEIPTS, limit("receipt_id", maxLength=100)),
        "length-tightened",
        "payload.receipt_id",
        OK,
        BREAKS,
        Order.WRITERS_FIRST,
    ),
    "a format that no example can tell": (
        RECEIPTS,
        edited(RECEIPTS, replace("purchase_date", {"type": "string", "pattern": "^[0-9-]{10}$"})),
        "format-changed",
        "payload.purchase_date",
        BREAKS,
        OK,
        Order.READERS_FIRST,
    ),
    "an enum value sent that an open reader keeps": (
        RECEIPTS,
        edited(
            RECEIPTS, replace("store_slug", {"type": "string", "enum": ["aldi", "meijer"]}), sides=("writer",)
        ),
        "values-removed",
        "payload.store_slug",
        OK,
        OK,
        Order.ANY,
    ),
    "an enum value demanded that a writer does not send": (
        RECEIPTS,
        edited(
            RECEIPTS, replace("store_slug", {"type": "string", "enum": ["aldi", "meijer"]}), sides=("reader",)
        ),
        "values-removed",
        "payload.store_slug",
        OK,
        BREAKS,
        Order.WRITERS_FIRST,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_change_is_judged_in_both_directions(case):
    """Each kind of change has its rule, its place, two verdicts, and the order that follows from them."""
    old, new, rule, place, forward, backward, order = case

    (finding,) = compare_documents(old, new)

    assert (finding.rule, finding.place) == (rule, place)
    assert (finding.forward.verdict, finding.backward.verdict) == (forward, backward)
    assert finding.order is order


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_witness_proves_its_break(case):
    """The writer's schema takes it and the reader's refuses it, at the place of the finding."""
    old, new, *_ = case
    (finding,) = compare_documents(old, new)

    for comparison, writer, reader in ((finding.forward, new, old), (finding.backward, old, new)):
        assert (comparison.witness is not None) == (comparison.verdict is BREAKS)
        assert bool(comparison.reason) == (comparison.verdict is UNPROVEN)
        if comparison.witness is not None:
            assert check_event(comparison.witness, writer, side="writer") == []
            assert comparison.problem in check_event(comparison.witness, reader, side="reader")
            assert places.show(places.pattern(comparison.problem.path)) == finding.place


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_a_contract_agrees_with_itself(document):
    """No change, no finding."""
    assert compare_documents(document, document) == []


def test_a_refactoring_is_no_change():
    """References inlined, definitions renamed, titles, descriptions, defaults and orders changed."""
    other = copy.deepcopy(PRICES.reader)
    price = other["$defs"].pop("PriceUpdate")
    price["description"], price["title"] = "Reworded.", "Observed"
    price["required"].reverse()
    price["properties"]["sale_price"]["anyOf"].reverse()
    price["properties"]["source"] = {"allOf": [{"anyOf": [{"anyOf": [{"type": "string"}]}]}]}
    del price["properties"]["sale_price"]["default"]
    other["$defs"]["Renamed"] = other["$defs"].pop("PricesUpdated")
    other["$defs"]["Renamed"]["properties"]["prices"]["items"] = price
    other["properties"]["payload"] = {"allOf": [{"$ref": "#/$defs/Renamed"}], "title": "Payload"}

    assert compare_documents(PRICES, dataclasses.replace(PRICES, reader=other)) == []


def test_a_renamed_field_is_one_finding_and_stops_every_subscriber():
    """Old readers miss the old name, new readers the new one, and nobody else is named."""
    (finding,) = compare_documents(RECEIPTS, rename_field(RECEIPTS, "payload.total", "grand_total"))

    assert finding.verdict is BREAKS
    assert (finding.place, finding.new_place) == ("payload.total", "payload.grand_total")
    assert stops(finding) == RECEIPTS.subscribers
    assert finding.order is Order.TOGETHER
    assert not finding.rollback_is_safe
    assert finding.steps == (
        "send both total and grand_total",
        "move StickerShock, ShrinkRay, API to grand_total",
        "drop total",
    )


@pytest.mark.parametrize(("name", "schema"), [("weather", None), ("grand_total", {"type": "boolean"})])
def test_a_removed_and_an_unlike_added_field_are_two_findings(name, schema):
    """A rename is guessed from an equal schema and a name alike, and only from both."""
    sides = {}
    for side in ("writer", "reader"):
        total = getattr(RECEIPTS, side)["$defs"]["ReceiptsIngested"]["properties"]["total"]
        sides[side] = getattr(edited(WITHOUT_TOTAL, add(name, schema or total, required=True)), side)

    findings = compare_documents(RECEIPTS, dataclasses.replace(WITHOUT_TOTAL, **sides))

    assert {finding.rule for finding in findings} == {"field-removed", "required-field-added"}


def test_breaks_come_first_and_each_change_has_its_own_proof():
    """A harmless change beside a break is not blamed for it."""
    new = edited(WITHOUT_TOTAL, add("currency", TEXT, required=False))

    first, second = compare_documents(RECEIPTS, new)

    assert (first.rule, first.verdict, stops(first)) == ("field-removed", BREAKS, RECEIPTS.subscribers)
    assert (second.rule, second.verdict, stops(second)) == ("optional-field-added", OK, ())


def test_a_removed_object_is_one_finding():
    """Not one for each of its fields."""
    nested = {"type": "object", "properties": {"city": TEXT, "zip": TEXT}, "required": ["city"]}
    with_shop = edited(RECEIPTS, add("shop", nested, required=False))

    (finding,) = compare_documents(with_shop, RECEIPTS)

    assert finding.place == "payload.shop"


def test_an_object_that_becomes_a_text_is_one_finding():
    """Its fields went with it."""
    nested = {"type": "object", "properties": {"city": TEXT}, "required": ["city"]}
    with_shop = edited(RECEIPTS, add("shop", nested, required=False))

    (finding,) = compare_documents(with_shop, edited(with_shop, replace("shop", TEXT)))

    assert (finding.rule, finding.place, finding.summary) == (
        "type-changed",
        "payload.shop",
        "object -> string",
    )


def test_what_was_published_can_be_the_proof():
    """Payloads of the caller are tried first, and decide what cannot be decided by the schemas alone."""
    undecidable = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^(?!(.)\1)"}
    new = edited(RECEIPTS, replace("receipt_id", undecidable))
    published = places.put(RECEIPTS.accepted["typical"], ("payload", "receipt_id"), "0042")

    (proved,) = compare_documents(RECEIPTS, new, [{"not": "an event"}, published])

    assert proved.backward.verdict is BREAKS
    assert proved.backward.witness["payload"]["receipt_id"] == "0042"


def test_a_witness_is_as_small_as_it_can_be():
    """Of 40 prices with optional fields one is left, with what must be there and what is refused."""
    price = PRICES.accepted["maximal"]["payload"]["prices"][0]
    most = places.put(PRICES.accepted["maximal"], ("payload", "prices"), [price] * 40)
    old = dataclasses.replace(PRICES, examples={"accepted": {"large": most}})

    (finding,) = compare_documents(old, edited(old, replace("loyalty_price", {"type": "null"})))

    (kept,) = finding.backward.witness["payload"]["prices"]
    assert set(kept) == {*PRICES.writer["$defs"]["PriceUpdate"]["required"], "loyalty_price"}


def test_a_proof_needs_no_example():
    """A payload is found all the same."""
    old = dataclasses.replace(RECEIPTS, examples={"accepted": {}})

    (finding,) = compare_documents(old, edited(old, replace("receipt_id", {"type": "integer"})))

    assert finding.forward.verdict is finding.backward.verdict is BREAKS
    assert check_event(finding.backward.witness, old) == []


def test_every_change_has_its_own_proof_without_an_example():
    """Also where one payload alone would show that the whole breaks."""
    old = dataclasses.replace(RECEIPTS, examples={"accepted": {}})
    new = edited(edited(old, replace("receipt_id", {"type": "integer"})), replace("item_count", TEXT))

    findings = compare_documents(old, new)

    assert {finding.place for finding in findings} == {"payload.receipt_id", "payload.item_count"}
    for finding in findings:
        assert finding.forward.verdict is finding.backward.verdict is BREAKS
        assert finding.forward.problem.place == finding.backward.problem.place == finding.place


def test_a_safe_change_is_not_blamed_for_the_break_of_another():
    """Both lie within one union, and the reader objects to the union as a whole."""

    def branch(kind: str, inner: dict) -> dict:
        return {
            "type": "object",
            "properties": {"kind": {"const": kind}, "x": inner},
            "required": ["kind", "x"],
        }

    integer, number = {"type": "integer"}, {"type": "number"}
    old = {"oneOf": [branch("a", integer), branch("b", TEXT), branch("c", TEXT)]}
    new = {"oneOf": [branch("a", number), branch("b", TEXT)]}
    before, after = (
        dataclasses.replace(RECEIPTS, writer=each, reader=each, examples={}) for each in (old, new)
    )

    found = {finding.rule: finding for finding in compare_documents(before, after)}

    assert found.keys() == {"type-widened", "branch-removed"}
    widened, removed = found["type-widened"], found["branch-removed"]
    assert (widened.forward.verdict, widened.backward.verdict) == (BREAKS, OK)
    assert (removed.forward.verdict, removed.backward.verdict) == (OK, BREAKS)
    assert removed.backward.witness["kind"] == "c"


def test_a_writer_and_a_reader_at_odds_are_reported_with_any_change():
    """A refusal at a place that did not change is not lost."""
    strict = edited(RECEIPTS, replace("item_count", {"type": "integer", "minimum": 5}), sides=("reader",))

    findings = compare_documents(strict, edited(strict, add("currency", TEXT, required=False)))

    assert [(finding.rule, finding.place) for finding in findings] == [
        ("payload-refused", "payload.item_count"),
        ("optional-field-added", "payload.currency"),
    ]
    assert findings[0].verdict is BREAKS


def test_those_stop_who_read_the_version_that_refuses():
    """Old readers where new events are refused, new readers where old events are."""
    for edit, stopped in (
        (add("currency", TEXT, required=True), ("clipartist",)),
        (require("total", demanded=False), RECEIPTS.subscribers),
    ):
        new = edited(RECEIPTS, edit, subscribers=("clipartist",))

        (finding,) = compare_documents(RECEIPTS, new)

        assert stops(finding) == stopped


def opened(target: dict) -> None:
    target.pop("additionalProperties", None)


BLIND = dataclasses.replace(RECEIPTS, examples={"accepted": {}})
WITH_CURRENCY = add("currency", TEXT, required=False)


@pytest.mark.parametrize(
    ("old", "new", "forward", "backward"),
    [
        (BLIND, edited(BLIND, WITH_CURRENCY), OK, OK),
        (edited(BLIND, WITH_CURRENCY), BLIND, OK, OK),
        (BLIND, edited(BLIND, add("currency", TEXT, required=True)), OK, BREAKS),
        (BLIND, edited(BLIND, require("total", demanded=False)), BREAKS, OK),
        (BLIND, edited(BLIND, remove("total")), BREAKS, OK),
        (edited(BLIND, opened), edited(edited(BLIND, opened), WITH_CURRENCY), OK, BREAKS),
        (
            edited(BLIND, lambda target: target.update(additionalProperties=False), sides=("reader",)),
            edited(
                edited(BLIND, lambda target: target.update(additionalProperties=False), sides=("reader",)),
                WITH_CURRENCY,
            ),
            BREAKS,
            OK,
        ),
    ],
)
def test_an_open_reader_ignores_and_a_closed_writer_never_sends(old, new, forward, backward):
    """Proved without an example at hand; an open writer may have sent the field with any value."""
    (finding,) = compare_documents(old, new)

    assert (finding.forward.verdict, finding.backward.verdict) == (forward, backward)


def test_one_refused_item_in_a_thousand_is_found():
    """The witness keeps that item alone."""
    price = PRICES.accepted["minimal"]["payload"]["prices"][0]
    prices = [price] * 500 + [{**price, "source": "catalog"}] + [price] * 499
    published = places.put(PRICES.accepted["minimal"], ("payload", "prices"), prices)
    old = dataclasses.replace(PRICES, examples={"accepted": {}})
    known = {"type": "string", "not": {"const": "catalog"}}

    (finding,) = compare_documents(old, edited(old, replace("source", known), sides=("reader",)), [published])

    assert finding.backward.witness["payload"]["prices"] == [{**price, "source": "catalog"}]


def test_different_channels_are_not_compared():
    """The error names both."""
    with pytest.raises(
        DocumentError, match=r"receipts\.ingested and .*prices\.updated are different channels"
    ):
        compare_documents(RECEIPTS, PRICES)
