"""Small worlds: schemas of arrays and objects over so few values that all payloads can be tried.

What random payloads miss, because several conditions must meet in one of them, trying all does not.
"""

from itertools import product
from random import Random
from typing import Any, Final

from schemas.pools import Node, Schema

ITEMS: Final = ("x", "y", "z", 1, True)
NAMES: Final = ("a", "b", "ab", "x")
VALUES: Final = (1, 2, "s")
ARRAYS: Final = tuple(list(items) for size in range(5) for items in product(ITEMS, repeat=size))
OBJECTS: Final = tuple(
    {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
    for values in product((None, *VALUES), repeat=len(NAMES))
)
NUMBERS: Final = (
    *(quarters / 4 for quarters in range(-8, 60)),
    *(tenths / 10 for tenths in range(-3, 30)),
    *range(15),
)
TAGGED: Final = tuple(
    {name: value for name, value in held.items() if value is not None}
    for held in (
        dict(zip(("ab", "a", "b"), some, strict=True))
        for some in product((None, "x", "y", "z", 1), (None, *VALUES), (None, *VALUES))
    )
)
PATTERNS: Final = ("^a", "b$", "^[ab]$", "^.$", "x|b", "^")


def array_pair(random: Random) -> tuple[Schema, Schema]:
    """Arrays: prefixes, counts and uniqueness at once, whose items are of five constants."""
    inside = {"type": "array", "items": {"enum": list(ITEMS)}, "maxItems": 4}
    reader = {"uniqueItems": True} if random.random() < 0.3 else _array(random, 2)
    writer = _tuple(random) if random.random() < 0.4 else _array(random, 2)
    return {"allOf": [inside, writer]}, reader


def _tuple(random: Random) -> Schema:
    """A few places, each of one or two of three constants, and what must be somewhere among them."""
    few = ITEMS[:3]
    size = random.choice((2, 3, 3, 4))
    return {
        "prefixItems": [{"enum": random.sample(few, random.choice((1, 1, 2)))} for _ in range(size)],
        "minItems": random.choice((size, size, size - 1)),
        "maxItems": size,
        "contains": {"enum": random.sample(few, random.choice((1, 2)))},
        **({"minContains": 2} if random.random() < 0.3 else {}),
    }


def object_pair(random: Random) -> tuple[Schema, Schema]:
    """Objects: names, patterns, sizes and dependencies at once, of four names and three values."""
    inside = {
        "type": "object",
        "propertyNames": {"enum": list(NAMES)},
        "additionalProperties": {"enum": list(VALUES)},
    }
    return {"allOf": [inside, _object(random, 2)]}, _object(random, 2)


def number_pair(random: Random) -> tuple[Schema, Schema]:
    """Numbers: bounds that meet, multiples that share some."""
    return {"type": random.choice(("number", "integer")), **_number(random, 1)}, _number(random, 2)


def _number(random: Random, depth: int) -> Schema:
    if depth and random.random() < 0.4:
        return _combined(random, [_number(random, depth - 1) for _ in range(2)])
    found: Schema = {}
    if random.random() < 0.3:
        low = random.choice((0, 1, 4, 6, 10))
        bounds = {"minimum": low, "maximum": low + random.choice((1, 2, 3, 5))}
        return {**bounds, "multipleOf": random.choice(_STEPS)}
    for keyword in random.sample(_NUMBER, random.choice((1, 2, 2, 3))):
        found[keyword] = random.choice(_STEPS if keyword == "multipleOf" else (0, 1, 1.5, 4, 6))
    return found


def _array(random: Random, depth: int) -> Schema:
    if depth and random.random() < 0.55:
        return _combined(random, [_array(random, depth - 1) for _ in range(2)])
    found: Schema = {}
    for keyword in dict.fromkeys(random.sample(_ARRAY, random.choice((1, 2, 2, 3, 4)))):
        match keyword:
            case "prefixItems":
                found[keyword] = [_among(random, ITEMS) for _ in range(random.randint(1, 3))]
            case "items" | "unevaluatedItems":
                found[keyword] = False if random.random() < 0.3 else _among(random, ITEMS)
            case "contains":
                found[keyword] = _among(random, ITEMS)
                for bound in ("minContains", "maxContains"):
                    if random.random() < 0.45:
                        found[bound] = random.randrange(4)
            case "uniqueItems":
                found[keyword] = True
            case _:
                found[keyword] = random.randrange(5)
    return found


def tagged_pair(random: Random) -> tuple[Schema, Schema]:
    """Unions whose variants a tag tells apart, or nearly does."""
    return _union(random), _union(random)


def _union(random: Random) -> Schema:
    variants = []
    for _ in range(random.choice((2, 2, 3, 4))):
        tag = {"const": random.choice("xyz")} if random.random() < 0.7 else {"enum": random.sample("xyz", 2)}
        properties: Schema = {"ab": {**tag, "type": "string"}}
        if random.random() < 0.7:
            properties[random.choice(("a", "b"))] = _among(random, VALUES)
        required = [name for name in properties if random.random() < (0.9 if name == "ab" else 0.4)]
        variants.append({"type": "object", "properties": properties, "required": required})
        if random.random() < 0.3:
            variants[-1]["additionalProperties"] = False
    return {random.choice(("oneOf", "oneOf", "anyOf")): variants}


def _object(random: Random, depth: int) -> Schema:
    if depth and random.random() < 0.55:
        return _combined(random, [_object(random, depth - 1) for _ in range(2)])
    found: Schema = {}
    for keyword in dict.fromkeys(random.sample(_OBJECT, random.choice((1, 2, 2, 3, 4)))):
        match keyword:
            case "properties":
                found[keyword] = {name: _value(random) for name in _some(random, NAMES)}
            case "patternProperties":
                found[keyword] = {pattern: _value(random) for pattern in _some(random, PATTERNS)}
            case "additionalProperties" | "unevaluatedProperties":
                found[keyword] = False if random.random() < 0.4 else _value(random)
            case "propertyNames":
                found[keyword] = random.choice(
                    ({"pattern": random.choice(PATTERNS)}, {"enum": _some(random, NAMES)})
                )
            case "required":
                found[keyword] = _some(random, NAMES)
            case "dependentRequired":
                found[keyword] = {random.choice(NAMES): _some(random, NAMES)}
            case "dependentSchemas":
                found[keyword] = {random.choice(NAMES): _object(random, 0) if depth else False}
            case _:
                found[keyword] = random.randrange(5)
    return found


def _combined(random: Random, parts: list[Schema]) -> Schema:
    match random.choice(("anyOf", "oneOf", "allOf", "not", "if", "beside", "beside")):
        case "not":
            return {"not": parts[0], **({} if random.random() < 0.5 else {"allOf": [parts[1]]})}
        case "if":
            return {"if": parts[0], random.choice(("then", "else")): parts[1]}
        case "beside":
            return {
                **parts[0],
                random.choice(("anyOf", "allOf", "oneOf")): [parts[1], {"not": parts[1]}][
                    : random.randint(1, 2)
                ],
            }
        case keyword:
            return {keyword: parts}


def _among(random: Random, values: tuple[Any, ...]) -> Node:
    if random.random() < 0.1:
        return random.choice((True, False, {"type": "string"}, {"not": {"const": values[0]}}))
    return {"enum": _some(random, values)}


def _value(random: Random) -> Node:
    return False if random.random() < 0.2 else _among(random, VALUES)


def _some(random: Random, values: tuple[Any, ...]) -> list[Any]:
    return random.sample(values, random.choice((1, 1, 2, 2, 3)))


_NUMBER: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "multipleOf")
_STEPS: Final = (1, 2, 3, 4, 6, 0.5, 1.5, 0.1)
_ARRAY: Final = (
    "prefixItems", "items", "contains", "contains", "uniqueItems", "uniqueItems", "minItems", "maxItems",
    "unevaluatedItems",
)  # fmt: skip
_OBJECT: Final = (
    "properties", "properties", "patternProperties", "additionalProperties", "propertyNames", "required",
    "required", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas",
    "unevaluatedProperties",
)  # fmt: skip
