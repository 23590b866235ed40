"""Pairs of numbers that floats cannot tell apart, and of constants that Python takes for each other."""

from random import Random
from typing import Any, Final

from schemas.pools import Schema

NUMBERS: Final = (
    0, 1, -1, 2, 10, 0.1, 0.2, 0.3, 0.30000000000000004, 0.7, 1e-7, 1e-9, 1.1, 2.2, 3.3, 1e16, 1e22, 1e300,
    -1e300, 2**53, 2**53 + 1, 2**63, 2**64, 10**20, 10**20 + 1, 1e20, -0.0, 0.5, 1.0, 100, 99.99,
    123456789.12, 5e-324,
)  # fmt: skip
STEPS: Final = (1, 2, 3, 0.1, 0.01, 0.3, 0.7, 1e-7, 1e-9, 1.5, 2.5, 1e16, 7, 12, 0.25, 100)
CONSTANTS: Final[tuple[Any, ...]] = (
    True, False, 1, 0, 1.0, 0.0, None, "1", "", [True], [1], [0], [False], {"a": True}, {"a": 1}, {"a": 1.0},
    [[1]], [[True]], {"a": [0]}, {"a": [False]}, [1.0], [], {}, [[]], [{}], {"": None},
)  # fmt: skip


def wild_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer and a reader."""
    if random.random() < 0.25:
        return _listed(random), _listed(random)
    writer = {"type": random.choice(("number", "integer")), **_bounds(random)}
    reader = {**writer, **_bounds(random)} if random.random() < 0.4 else _bounds(random)
    if random.random() < 0.15:
        reader = {"anyOf": [reader, _bounds(random)]}
    if random.random() < 0.1:
        writer["not"] = _bounds(random)
    return writer, reader


def _bounds(random: Random) -> Schema:
    found: Schema = {}
    keywords = (
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "multipleOf",
        "enum",
    )
    for keyword in random.sample(keywords, random.choice((1, 1, 2, 3))):
        match keyword:
            case "multipleOf":
                found[keyword] = random.choice(STEPS)
            case "enum":
                if random.random() < 0.3:
                    found[keyword] = random.sample(NUMBERS, 3)
            case _:
                found[keyword] = random.choice(NUMBERS)
    return found


def _listed(random: Random) -> Schema:
    values = random.sample(CONSTANTS, random.randint(1, 5))
    schema: Schema = {"enum": values} if random.random() < 0.8 else {"const": values[0]}
    if random.random() < 0.2:
        schema = {"type": "array", "items": schema, "maxItems": 2, "uniqueItems": random.random() < 0.6}
    return {"not": schema} if random.random() < 0.1 else schema
