"""A small world of trees: recursive schemas over all values that are at most three deep."""

from itertools import product
from random import Random
from typing import Any, Final

from schemas.pools import Node, Schema

LEAVES: Final = (0, 1)
NAMES: Final = ("a", "b")


def _grown(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The leaves, and all lists of at most two and all objects of the two names, of these values."""
    lists = [list(items) for size in range(3) for items in product(values, repeat=size)]
    absent = object()
    objects = [
        {name: value for name, value in zip(NAMES, held, strict=True) if value is not absent}
        for held in product((absent, *values), repeat=len(NAMES))
    ]
    return (*LEAVES, *lists, *objects)


TREES: Final = _grown(_grown(LEAVES))


def _inside(depth: int) -> Schema:
    """What the trees are that are so deep."""
    leaf: Schema = {"enum": list(LEAVES)}
    if not depth:
        return leaf
    part = {"$ref": f"#/$defs/w{depth - 1}"}
    return {
        "anyOf": [
            leaf,
            {"type": "array", "items": part, "maxItems": 2},
            {"type": "object", "properties": dict.fromkeys(NAMES, part), "additionalProperties": False},
        ]
    }


def tree_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer of such trees, and a reader; both refer to themselves, at times through each other."""
    world = {f"w{depth}": _inside(depth) for depth in range(3)}
    first = _definitions(random)
    second = _definitions(random) if random.random() < 0.5 else {**first, "t": _combined(random, 1)}
    writer = {"allOf": [{"$ref": "#/$defs/w2"}, {"$ref": "#/$defs/t"}], "$defs": {**first, **world}}
    return writer, {"$ref": "#/$defs/t", "$defs": second}


def _definitions(random: Random) -> Schema:
    return {name: _combined(random, 2) for name in ("t", "u", "v")}


def _reference(random: Random) -> Node:
    if random.random() < 0.15:
        return random.choice((True, False, {"const": 0}, {"type": "integer"}))
    return {"$ref": f"#/$defs/{random.choice('tuv')}"}


def _combined(random: Random, depth: int) -> Schema:
    if depth and random.random() < 0.7:
        parts = [_combined(random, depth - 1) for _ in range(random.choice((2, 2, 3)))]
        match random.choice(("anyOf", "anyOf", "anyOf", "oneOf", "allOf", "not", "if")):
            case "not":
                return {"not": parts[0]}
            case "if":
                return {"if": parts[0], "then": parts[1], "else": parts[-1]}
            case keyword:
                return {keyword: parts}
    match random.choice(("array", "array", "object", "object", "leaf")):
        case "array":
            return _array(random)
        case "object":
            return _object(random)
    return random.choice(
        ({"const": 0}, {"enum": [0, 1]}, {"type": "integer"}, {"type": ["integer", "object"]})
    )


def _array(random: Random) -> Schema:
    found: Schema = {"type": "array"} if random.random() < 0.8 else {}
    for keyword in random.sample(
        ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"), 2
    ):
        match keyword:
            case "items":
                found[keyword] = _reference(random)
            case "prefixItems":
                found[keyword] = [_reference(random) for _ in range(random.choice((1, 2)))]
            case "contains":
                found[keyword] = _reference(random)
                if random.random() < 0.4:
                    found[random.choice(("minContains", "maxContains"))] = random.randrange(3)
            case "uniqueItems":
                found[keyword] = True
            case _:
                found[keyword] = random.choice((1, 1, 2))
    return found


def _object(random: Random) -> Schema:
    found: Schema = {"type": "object"} if random.random() < 0.8 else {}
    for keyword in random.sample(
        ("properties", "required", "additionalProperties", "minProperties", "dependentSchemas"), 2
    ):
        match keyword:
            case "properties":
                found[keyword] = {
                    name: _reference(random) for name in random.sample(NAMES, random.choice((1, 2)))
                }
            case "required":
                found[keyword] = random.sample(NAMES, random.choice((1, 2)))
            case "dependentSchemas":
                found[keyword] = {random.choice(NAMES): {"required": [random.choice(NAMES)]}}
            case "minProperties":
                found[keyword] = random.choice((1, 2))
            case _:
                found[keyword] = _reference(random)
    return found
