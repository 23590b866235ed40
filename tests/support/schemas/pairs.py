"""Pairs of schemas, drawn so that neither verdict is rare and many lie near the edge."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from schemas.dense import ARRAYS, NUMBERS, OBJECTS, TAGGED, array_pair, number_pair, object_pair, tagged_pair
from schemas.edits import mutated, weakened
from schemas.general import THEMES, General
from schemas.models import model_pair
from schemas.oracles import accepts
from schemas.patterns import pattern_pair
from schemas.pools import Schema, seeded
from schemas.refactor import refactored
from schemas.scopes import scope_pair
from schemas.trees import TREES, tree_pair
from schemas.walk import grounded
from schemas.wild import wild_pair

GENERAL: Final = ("random", "mutated", "refactored", "weakened", "narrowed", "recursive")
FAMILIES: Final = (
    *GENERAL,
    "pydantic",
    "patterns",
    "wild",
    "numbers",
    "arrays",
    "objects",
    "tagged",
    "trees",
    "scopes",
)


SPECIAL: Final = {
    "pydantic": model_pair,
    "patterns": pattern_pair,
    "wild": wild_pair,
    "numbers": number_pair,
    "arrays": array_pair,
    "objects": object_pair,
    "tagged": tagged_pair,
    "trees": tree_pair,
    "scopes": scope_pair,
}
WORLDS: Final = {
    "numbers": NUMBERS,
    "arrays": ARRAYS,
    "objects": OBJECTS,
    "tagged": TAGGED,
    "trees": TREES,
    "scopes": TREES,
}


@dataclass(frozen=True)
class Pair:
    """A writer and a reader.

    Attributes:
        name: the family and the seed, from which it is drawn again.
        included: whether the writer is known to be included, by how the pair was made.
        world: payloads to try first; of arrays and objects all that the writer may send.
    """

    name: str
    writer: Schema
    reader: Schema
    included: bool = False
    world: tuple[Any, ...] = ()


def pairs(family: str, count: int, *, seed: int = 0) -> Iterator[Pair]:
    """Pairs of a family; the same seed gives the same ones."""
    for number in range(seed, seed + count):
        yield pair(family, number)


def pair(family: str, number: int) -> Pair:
    """One pair of a family."""
    random = seeded(family, number)
    name = f"{family}-{number}"
    if family in SPECIAL:
        while not all(map(_valid, drawn := SPECIAL[family](random))):
            pass
        return Pair(name, *drawn, world=WORLDS.get(family, ()))
    while True:
        writer, reader, included = _general(family, random)
        if grounded(writer) and grounded(reader):
            return Pair(name, writer, reader, included)


def _general(family: str, random: Random) -> tuple[Schema, Schema, bool]:
    recursive = 0.45 if family == "recursive" else 0.12
    draw = General(random, random.choice(THEMES), recursive=recursive)
    first = draw.schema()
    match family:
        case "random":
            return first, draw.schema(), False
        case "mutated":
            return first, mutated(random, first, draw), False
        case "refactored":
            return (*_either_way(random, first, refactored(random, first)), True)
        case "weakened":
            return first, refactored(random, weakened(random, first, draw), 1), True
        case "narrowed":
            return weakened(random, first, draw), first, False
        case "recursive":
            second = mutated(random, first, draw) if random.random() < 0.7 else weakened(random, first, draw)
            return (*_either_way(random, first, second), False)
    raise ValueError(f"There is no family of pairs called {family}; there are {', '.join(FAMILIES)}.")


def _valid(schema: Schema) -> bool:
    """Whether it is a schema that a validator can be asked of: an altered expression need not be one."""
    try:
        accepts(schema)
    except ValueError:
        return False
    return "$id" in schema or grounded(schema)


def _either_way(random: Random, a: Schema, b: Schema) -> tuple[Schema, Schema]:
    return (a, b) if random.random() < 0.5 else (b, a)
