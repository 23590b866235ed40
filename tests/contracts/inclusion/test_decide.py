"""Inclusion is decided: proofs that are right, witnesses that are real and small."""

import copy
import json
from pathlib import Path

import pytest

from cartsnitch_contracts.inclusion import Budget, Verdict, decide
from cartsnitch_contracts.validation import validator
from schemas.corpus import corpus

PAIRS = json.loads((Path(__file__).parent / "pairs.json").read_text(encoding="utf-8"))


def tree(value, *, name="T"):
    """Trees of values, by a definition that refers to itself."""
    children = {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}
    properties = {"value": value, "children": children}
    node = {"type": "object", "properties": properties, "required": ["value"]}
    return {"$ref": f"#/$defs/{name}", "$defs": {name: node}}


def chain(end):
    """Lists that are linked one way in and another way out: two definitions that refer to each other."""
    even = {"type": "object", "properties": {"odd": {"$ref": "#/$defs/Odd"}}, "required": ["odd"]}
    odd = {"type": "object", "properties": {"even": {"$ref": "#/$defs/Even"}}, "required": ["even"]}
    return {"$ref": "#/$defs/Even", "$defs": {"Even": even, "Odd": {"anyOf": [end, odd]}}}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["why"])
def test_a_pair_has_its_verdict_and_its_smallest_witness(pair):
    """What people wrote down is what is decided."""
    decision = decide(pair["writer"], pair["reader"])

    assert decision.verdict == ("breaking" if "witness" in pair else "compatible"), decision.reason
    # Python calls 1 and True equal, JSON does not.
    assert json.dumps(decision.witness) == json.dumps(pair.get("witness"))


@pytest.mark.parametrize("case", corpus(), ids=str)
def test_the_corpus_is_decided(case):
    """No pair of the corpus is left open, and each witness is one."""
    decision = decide(case.writer, case.reader)

    assert decision.verdict == ("compatible" if case.included else "breaking"), decision.reason
    if not case.included:
        assert validator(case.writer).is_valid(decision.witness)
        assert not validator(case.reader).is_valid(decision.witness)


def test_recursion_is_proved():
    """Trees of integers are trees of numbers, whatever the definition is called."""
    assert decide(tree({"type": "integer"}), tree({"type": "number"}, name="Node")).verdict == "compatible"


def test_recursion_is_broken_by_the_smallest_tree():
    """One node is enough to show that numbers are not integers."""
    decision = decide(tree({"type": "number"}), tree({"type": "integer"}))

    assert decision.witness == {"value": 0.1}


def test_recursion_is_broken_below_the_root():
    """A break that shows in children alone is found there."""
    writer = tree({"type": "integer"})
    reader = copy.deepcopy(writer)
    reader["$defs"]["T"]["properties"]["children"]["items"] = {"required": ["children"], "$ref": "#/$defs/T"}

    assert decide(writer, reader).witness == {"value": 0, "children": [{"value": 0}]}


def test_recursion_unrolled_once_says_the_same():
    """A definition and its first step written out are equal, both ways."""
    rolled = tree({"type": "integer"})
    unrolled = {**rolled, **copy.deepcopy(rolled["$defs"]["T"])}
    del unrolled["$ref"]

    assert decide(rolled, unrolled).verdict == "compatible"
    assert decide(unrolled, rolled).verdict == "compatible"


def test_recursion_without_an_end_accepts_nothing():
    """No finite value has itself inside, so the endless list is included in anything."""
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}

    assert decide(endless, {"type": "null"}).verdict == "compatible"
    assert decide(chain(False), {"type": "null"}).verdict == "compatible"


def test_mutual_recursion_is_proved_and_broken():
    """Two definitions that refer to each other are followed as one that refers to itself."""
    assert decide(chain({"type": "integer"}), chain({"type": "number"})).verdict == "compatible"
    assert decide(chain({"type": "number"}), chain({"type": "integer"})).witness == {"odd": 0.1}


def test_a_second_value_of_a_recursive_schema_may_hold_the_first():
    """Two different lists are needed: the second is longer, and holds the first."""
    lists = {"type": "array", "items": {"$ref": "#/$defs/L"}, "maxItems": 1}
    writer = {
        "type": "array",
        "items": {"$ref": "#/$defs/L"},
        "minItems": 3,
        "uniqueItems": True,
        "$defs": {"L": lists},
    }

    assert sorted(decide(writer, {"type": "string"}).witness, key=str, reverse=True) == [[], [[]], [[[]]]]


def test_a_dynamic_reference_depends_on_the_way_there():
    """The outermost resource that has the anchor decides what a list is a list of."""
    anything = {"$dynamicAnchor": "item"}
    listing = {"$id": "list", "type": "array", "items": {"$dynamicRef": "#item"}, "$defs": {"any": anything}}
    strict = {
        "$id": "https://example.org/strict",
        "$ref": "list",
        "$defs": {"item": {"$dynamicAnchor": "item", "type": "integer"}, "list": listing},
    }
    loose = {"$id": "https://example.org/loose", "$ref": "list", "$defs": {"list": listing}}

    assert decide(strict, {"items": {"type": "number"}}).verdict == "compatible"
    assert decide(loose, {"items": {"type": "number"}}).witness == [""]


def test_a_plain_reference_to_a_dynamic_anchor_is_left_open():
    """By the standard it leads to the nearest one; jsonschema-rs goes to the outermost, as if dynamic."""
    inner = {"$dynamicAnchor": "item", "type": "string"}
    listing = {"$id": "list", "type": "array", "items": {"$ref": "#item"}, "$defs": {"inner": inner}}
    outer = {"$dynamicAnchor": "item", "type": "integer"}
    schema = {"$id": "https://example.org/s", "$ref": "list", "$defs": {"outer": outer, "list": listing}}

    for items in ("string", "integer"):
        assert decide(schema, {"items": {"type": items}}).verdict != "compatible"


def test_a_variant_is_told_by_its_tag():
    """A union of sixty variants in which one has changed is decided within a small budget."""
    variants = {
        f"V{number}": {
            "type": "object",
            "properties": {"kind": {"type": "string", "const": f"v{number}"}, "size": {"type": "integer"}},
            "required": ["kind"],
        }
        for number in range(60)
    }
    writer = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in variants], "$defs": variants}
    reader = copy.deepcopy(writer)
    reader["$defs"]["V41"]["properties"]["size"]["maximum"] = 9

    small = Budget(steps=2_000)

    assert decide(reader, writer, budget=small).verdict == "compatible"
    assert decide(writer, reader, budget=small).witness == {"kind": "v41", "size": 10}


def test_a_thousand_properties_cost_few_steps():
    """Properties are compared by name: what has not changed is not looked at."""
    writer = {
        "type": "object",
        "properties": {f"p{number}": {"type": "string", "maxLength": number % 10} for number in range(1000)},
        "required": [f"p{number}" for number in range(1000)],
        "additionalProperties": False,
    }
    reader = copy.deepcopy(writer)
    reader["properties"]["p500"]["maxLength"] = 1
    reader["properties"]["new"] = {"type": "string"}

    small = Budget(steps=2_000)

    assert decide(writer, reader, budget=small).verdict == "compatible"
    assert decide(reader, writer, budget=small).verdict == "breaking"


def test_what_nobody_understands_is_equal_to_itself():
    """A pattern beyond regular languages is no obstacle where both sides have it."""
    opaque = {"type": "string", "pattern": r"^(a+)\1$"}
    writer = {"type": "object", "properties": {"a": opaque, "b": {"type": "integer"}}}
    reader = {"type": "object", "properties": {"a": opaque, "b": {"type": "number"}}}

    assert decide(writer, reader).verdict == "compatible"


def test_what_nobody_understands_is_unproven_with_a_reason():
    """Neither verdict is guessed."""
    decision = decide({"type": "string", "pattern": r"^(a+)\1$"}, {"pattern": r"^(?:aa)+$"})

    assert decision.verdict is Verdict.UNPROVEN
    assert decision.reason


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_budget_ends_in_unproven(steps):
    """A search that is cut short proves nothing."""
    writer, reader = tree({"type": "integer"}), tree({"type": "number"})

    decision = decide(writer, reader, budget=Budget(steps=steps))

    assert decision.verdict == "unproven"
    assert "budget" in decision.reason


def test_a_witness_can_be_written_as_json():
    """Also where numbers are large or have many digits."""
    for bound in (0.1, 10**30, 1e-7, 12345678.9):
        decision = decide({"type": "number", "exclusiveMinimum": bound}, {"maximum": bound})

        assert decision.verdict == "breaking"
        assert json.loads(json.dumps(decision.witness)) == decision.witness
