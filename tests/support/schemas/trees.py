"""Recursive schemas of trees, and a small world of them: all values that are at most two deep."""

from itertools import product
from random import Random
from typing import Any, Final

from schemas.pools import Node, Schema

LEAVES: Final[tuple[Any, ...]] = (0, {}, [])
ENDS: Final[tuple[Schema, ...]] = ({"const": 0}, {"const": {}}, {"type": "array", "maxItems": 0})
"""What a recursion may end in: tried before what leads on, or after it."""
NAMES: Final = ("a", "b")


def _grown(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The leaves, and all lists of at most two and all objects of the two names, of these values."""
    lists = [list(items) for size in (1, 2) for items in product(values, repeat=size)]
    absent = object()
    objects = [
        {name: value for name, value in zip(NAMES, held, strict=True) if value is not absent}
        for held in product((absent, *values), repeat=len(NAMES))
        if held != (absent, absent)
    ]
    return (*LEAVES, *lists, *objects)


TREES: Final = _grown(_grown(LEAVES))


def tree_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer and a reader; both refer to themselves, at times through each other."""
    if random.random() < 0.5:
        return _grammar(random), random.choice((_grammar(random), *_PLAIN, *_PLAIN))
    first = _definitions(random)
    second = _definitions(random) if random.random() < 0.5 else {**first, "t": _combined(random, 1)}
    return {"$ref": "#/$defs/t", "$defs": first}, {"$ref": "#/$defs/t", **_beside(random), "$defs": second}


_PLAIN: Final[tuple[Schema, ...]] = (
    {"not": {}},
    {"type": "array"},
    {"type": ["integer", "object"]},
    {"not": {"const": {}}},
    {"maxItems": 1},
)


def _grammar(random: Random) -> Schema:
    """A grammar of trees: each symbol is one of a few forms, some of which never end.

    Often the whole needs two symbols side by side that need each other: what was found out about one of
    them on the way to the other may hold there alone.
    """
    if random.random() < 0.6:
        forms = {"t": [_form(random.sample(("u", "v"), 2), list_of=random.random() < 0.5)]}
        symbols = "uv"
    else:
        forms, symbols = {}, "tuvw"[: random.choice((2, 3, 4))]
    for symbol in symbols:
        forms[symbol] = [_form_or_end(random, symbols) for _ in range(random.choice((1, 2, 2)))]
    definitions = {symbol: some[0] if len(some) == 1 else {"anyOf": some} for symbol, some in forms.items()}
    return {"$ref": "#/$defs/t", "$defs": definitions}


def _form_or_end(random: Random, symbols: str) -> Schema:
    if random.random() < 0.3:
        return random.choice(ENDS)
    needed = [random.choice(symbols) for _ in range(random.choice((1, 1, 2)))]
    return _form(needed, list_of=random.random() < 0.5)


def _form(symbols: list[str], *, list_of: bool) -> Schema:
    """A list, or an object, of just these symbols."""
    parts = [{"$ref": f"#/$defs/{symbol}"} for symbol in symbols]
    if list_of:
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
    names = NAMES[: len(parts)]
    return {"type": "object", "properties": dict(zip(names, parts, strict=True)), "required": list(names)}


def _definitions(random: Random) -> Schema:
    shapes = (
        lambda: _combined(random, 2),
        lambda: _combined(random, 0),
        lambda: {"anyOf": [_combined(random, 0), random.choice(ENDS)]},
        lambda: {"anyOf": [_combined(random, 0), random.choice(ENDS)]},
    )
    return {name: random.choice(shapes)() for name in ("t", "u", "v")}


def _reference(random: Random) -> Node:
    if random.random() < 0.15:
        return random.choice((True, False, {"const": 0}, {"type": "integer"}))
    return {"$ref": f"#/$defs/{random.choice('tuv')}", **_beside(random)}


def _beside(random: Random) -> Schema:
    """Now and then, a keyword next to a reference."""
    if random.random() < 0.85:
        return {}
    return random.choice(
        ({"type": "array"}, {"type": ["object", "integer"]}, {"minItems": 1}, {"required": ["a"]})
    )


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
        ({"const": 0}, {"enum": [0, {}]}, {"type": "integer"}, {"type": ["integer", "object"]})
    )


def _array(random: Random) -> Schema:
    """Mostly one that must hold an item: what needs another value may be empty, if that one needs it too."""
    found: Schema = {"type": "array"} if random.random() < 0.8 else {}
    if random.random() < 0.6:
        found["prefixItems"] = [_reference(random) for _ in range(random.choice((1, 1, 2)))]
        found["minItems"] = random.choice((1, len(found["prefixItems"])))
        return found
    for keyword in random.sample(("items", "contains", "minItems", "maxItems", "uniqueItems"), 2):
        match keyword:
            case "items":
                found[keyword] = _reference(random)
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
    """Mostly one that must hold what it describes."""
    found: Schema = {"type": "object"} if random.random() < 0.8 else {}
    if random.random() < 0.6:
        found["properties"] = {
            name: _reference(random) for name in random.sample(NAMES, random.choice((1, 2, 2)))
        }
        found["required"] = list(found["properties"])
        return found
    for keyword in random.sample(("properties", "required", "additionalProperties", "minProperties"), 2):
        match keyword:
            case "properties":
                found[keyword] = {name: _reference(random) for name in NAMES}
            case "required":
                found[keyword] = random.sample(NAMES, random.choice((1, 2)))
            case "minProperties":
                found[keyword] = random.choice((1, 2))
            case _:
                found[keyword] = _reference(random)
    return found
