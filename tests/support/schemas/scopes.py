"""Schemas of several resources: ids, anchors, and dynamic references, which lead where the way says."""

from random import Random
from typing import Final

from schemas.pools import Schema

BASE: Final = "https://example.org/"
REFERENCES: Final = (
    {"$ref": "#"},
    {"$ref": "#n"},
    {"$ref": "one"},
    {"$ref": "two#n"},
    {"$ref": f"{BASE}two"},
    {"$ref": "#/$defs/own"},
    {"$dynamicRef": "#n"},
    {"$dynamicRef": "#n"},
    {"$dynamicRef": "#n"},
    {"$dynamicRef": "one#n"},
)


def scope_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer and a reader, each a document of three resources that refer to each other inside of values."""
    first = _document(random)
    second = _document(random)
    if random.random() < 0.6:
        part = random.choice(("one", "two"))
        second = {**first, "$defs": {**first["$defs"], part: second["$defs"][part]}}
    return (first, second) if random.random() < 0.5 else (second, first)


def _document(random: Random) -> Schema:
    resources = {name: {"$id": name, **_resource(random)} for name in ("one", "two")}
    root = {"$id": f"{BASE}root", **_resource(random)}
    entry = random.choice(("one", "two", "one#n", "two#n", ""))
    if entry:
        root = {"$id": root["$id"], "$ref": entry, "$defs": root["$defs"]}
    return {**root, "$defs": {**root["$defs"], **resources}}


def _resource(random: Random) -> Schema:
    """A resource; an anchor `n` is its own, or of a definition inside."""
    anchor = random.choice(("$anchor", "$dynamicAnchor", "$dynamicAnchor"))
    body, inner = _body(random), _body(random)
    if random.random() < 0.5:
        return {anchor: "n", **body, "$defs": {"own": inner}}
    return {**body, "$defs": {"own": {anchor: "n", **inner}}}


def _body(random: Random) -> Schema:
    part = dict(random.choice(REFERENCES))
    match random.randrange(5):
        case 0:
            return {"type": ["array", "integer"], "items": part}
        case 1:
            return {"type": "object", "properties": {"a": part, "b": dict(random.choice(REFERENCES))}}
        case 2:
            return {"type": "object", "properties": {"a": part}, "required": ["a"]}
        case 3:
            return {"anyOf": [{"const": 0}, {"type": "array", "prefixItems": [part], "minItems": 1}]}
        case _:
            return random.choice(
                ({"const": 0}, {"const": {}}, {"type": "integer"}, {"type": "array", "maxItems": 1})
            )
