"""Schemas that cannot be used say so at once: no traceback, no hang, no network."""

import socket

import pytest

from cartsnitch_contracts import compare
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import decide

CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


def nested(depth, part):
    """A schema inside a schema inside a schema."""
    for _ in range(depth):
        part = {"properties": {"a": part}}
    return part


def doubling(levels, keyword):
    """Definitions that each refer twice to the next."""
    definitions = {f"l{at}": {keyword: [{"$ref": f"#/$defs/l{at + 1}"}] * 2} for at in range(levels)}
    return {"$ref": "#/$defs/l0", "$defs": {**definitions, f"l{levels}": {"type": "integer"}}}


BAD = {
    "null": (None, "not a JSON Schema: it is null"),
    "a list": ([True], "not a JSON Schema: it is list"),
    "an unknown type": ({"type": "colour"}, "not a JSON Schema 2020-12"),
    "a draft 7 tuple": ({"items": [True]}, "not a JSON Schema 2020-12"),
    "a broken pattern": ({"pattern": "("}, "not a JSON Schema 2020-12"),
    "a long broken pattern": ({"pattern": "a" * 100_000 + "("}, "not a JSON Schema 2020-12"),
    "an unknown reference": ({"$ref": "#/$defs/missing"}, "/\\$defs/missing' does not exist"),
    "an unknown anchor": ({"items": {"$ref": "#missing"}}, "'missing' does not exist"),
    "a remote reference": ({"$ref": "https://example.org/s"}, "never fetched"),
    "an unused remote reference": ({"$defs": {"a": {"$ref": "https://example.org/s"}}}, "never fetched"),
    "not a number": ({"const": float("nan")}, "holds nan"),
    "infinity": ({"minimum": float("inf")}, "holds inf"),
    "a key that is no text": ({"properties": {1: True}}, "the key 1 is no text"),
    "bytes": ({"const": b"a"}, "it holds bytes"),
    "a circle": ({"enum": CIRCLE}, "nested more than"),
    "a text that holds half of a character": ({"const": "\ud800"}, "surrogates not allowed"),
    "a million constants": ({"enum": list(range(1_000_000))}, "too large"),
    "ten thousand levels": (nested(10_000, True), "nested more than"),
    "thirty levels, each doubled by allOf": (doubling(30, "allOf"), "is a bomb"),
    "thirty levels, each doubled by anyOf": (doubling(30, "anyOf"), "is a bomb"),
    "a bomb inside": ({"properties": {"a": {"$id": "urn:b", **doubling(30, "oneOf")}}}, "is a bomb"),
}


@pytest.fixture
def no_network(monkeypatch):
    """Sockets that nobody may make."""

    def refuse(*_args, **_options):
        raise AssertionError("a schema made a connection")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("judge", [decide, compare])
@pytest.mark.parametrize(("schema", "message"), BAD.values(), ids=BAD.keys())
@pytest.mark.usefixtures("no_network")
def test_a_schema_that_cannot_be_used_is_refused(schema, message, judge):
    """The message says which side it is, what is wrong, and what to do where that is not plain."""
    with pytest.raises(DocumentError, match=message) as writer:
        judge(schema, {})
    with pytest.raises(DocumentError, match=message) as reader:
        judge({"type": "string"}, schema)

    assert str(writer.value).startswith("the writer's schema is ")
    assert str(reader.value).startswith("the reader's schema is ")
    assert len(str(writer.value)) < 500


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_ten_doubled_levels_are_no_bomb(keyword):
    """What can be checked in a thousand steps is decided."""
    assert decide({"type": "string"}, doubling(10, keyword)).verdict == "breaking"


def test_a_schema_that_refers_to_itself_in_place_ends():
    """A circle without a step into the value says nothing, and is not followed for ever."""
    for circle in (
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}], "$ref": "#"},
    ):
        assert decide({"type": "string"}, circle).verdict in ("compatible", "breaking", "unproven")
        assert decide(circle, {"type": "string"}).verdict in ("compatible", "breaking", "unproven")


@pytest.mark.parametrize(
    "circle",
    [
        {"not": {"$ref": "#"}},
        {"if": {"$ref": "#"}, "then": {"type": "string"}},
        {"anyOf": [{"type": "string"}, {"not": {"$ref": "#"}}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"not": {"$ref": "#/$defs/b"}}, "b": {"$ref": "#/$defs/a"}}},
        {"properties": {"a": {"not": {"$ref": "#/properties/a"}}}},
    ],
    ids=str,
)
def test_a_schema_that_holds_where_it_does_not_proves_nothing(circle):
    """Neither side of a contradiction in itself is empty, nor everything."""
    assert decide({"enum": [1, {"a": 1}]}, circle).verdict != "compatible"
    assert decide(circle, {"not": {}}).verdict != "compatible"


def test_a_value_that_doubles_at_each_level_is_not_written_down():
    """A witness of two to the power of thirty parts stays unproven."""
    levels = {
        f"l{at}": {
            "type": "object",
            "required": ["a", "b"],
            "additionalProperties": {"$ref": f"#/$defs/l{at + 1}"},
        }
        for at in range(30)
    }
    schema = {"$ref": "#/$defs/l0", "$defs": {**levels, "l30": {"type": "number"}}}

    decision = decide(schema, {**schema, "$defs": {**levels, "l30": {"type": "integer"}}})

    assert decision.verdict == "unproven"
    assert "too large" in decision.reason


def test_a_value_that_no_validator_finishes_is_not_given_to_one():
    """Each level is looked at twice: a witness thirty deep would take a billion checks."""
    levels = {
        f"l{at}": {
            "type": "object",
            "anyOf": [
                {"properties": {"a": {"$ref": f"#/$defs/l{at + 1}"}}, "required": [name]} for name in "ba"
            ],
        }
        for at in range(30)
    }
    schema = {"$ref": "#/$defs/l0", "$defs": {**levels, "l30": {"type": "number"}}}
    reader = {**schema, "$defs": {**levels, "l30": {"type": "integer"}}}

    assert "too long to confirm" in decide(schema, reader).reason


def test_a_part_of_another_draft_is_unproven():
    """There `$ref` hides its siblings; nobody mixes up the two."""
    old = {
        "$id": "https://example.org/old",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "string",
    }

    assert "another draft" in decide({"type": "string"}, {"anyOf": [old, {"type": "null"}]}).reason


def test_the_metaschema_is_not_fetched_and_not_understood():
    """A reference to it is known to the validator alone, so a break is found and inclusion is not."""
    metaschema = {"$ref": "https://json-schema.org/draft/2020-12/schema"}

    assert decide(True, metaschema).verdict == "breaking"
    assert decide(metaschema, {"type": ["object", "boolean"]}).verdict == "unproven"


def test_legacy_dependencies_are_unproven_and_never_equal_by_their_text():
    """Their references may lead elsewhere, so equal texts prove nothing."""

    def schema(name):
        return {"dependencies": {"a": {"$ref": "#/$defs/t"}}, "$defs": {"t": {"required": [name]}}}

    assert decide(schema("b"), schema("c")).verdict != "compatible"
    assert decide(schema("b"), schema("b")).verdict == "compatible"
