"""What the schemas of a pair name: bounds, words and constants, and a step from each."""

from dataclasses import dataclass
from random import Random
from typing import Any

from schemas.pools import COMPOSITES, CONSTANTS, FORMATS, NAMES, WORDS, Node, Schema
from schemas.walk import spots


@dataclass(frozen=True)
class Edges:
    """Values to draw from.

    Attributes:
        constants: of any type.
        numbers: the bounds of both schemas, and what is next to them.
        words: strings that either names, or that a pattern or a format of either may have.
        names: of properties.
    """

    constants: tuple[Any, ...]
    numbers: tuple[Any, ...]
    words: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, *schemas: Node) -> "Edges":
        """The edges of these schemas."""
        nodes = [spot.node for schema in schemas for spot in spots(schema) if isinstance(spot.node, dict)]
        constants = [value for node in nodes for value in _constants(node)]
        numbers = [0, 1, -1, 0.5, *(number for node in nodes for number in _numbers(node))]
        numbers += [
            value for value in constants if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        names = [name for node in nodes for name in (*node.get("properties", ()), *node.get("required", ()))]
        words = [value for value in constants if isinstance(value, str)]
        some_names = dict.fromkeys((*names, *NAMES, "", "zz"))
        return cls(
            constants=(*constants, *CONSTANTS, *COMPOSITES),
            numbers=tuple(dict.fromkeys(numbers)),
            words=tuple(dict.fromkeys((*words, *WORDS))),
            names=tuple(some_names),
        )

    def formatted(self, name: str) -> tuple[str, ...]:
        """Words that have a format."""
        return FORMATS.get(name, self.words)


def near(random: Random, value: Any, edges: Edges) -> Any:  # noqa: PLR0911 - a return for each edit
    """A value that differs in one place."""
    if isinstance(value, dict) and value and random.random() < 0.75:
        name = random.choice(list(value))
        match random.randrange(4):
            case 0:
                return {one: of for one, of in value.items() if one != name}
            case 1:
                return {
                    **value,
                    random.choice(edges.names): random.choice((*value.values(), *edges.constants)),
                }
            case _:
                return {**value, name: near(random, value[name], edges)}
    if isinstance(value, list) and value and random.random() < 0.75:
        at = random.randrange(len(value))
        match random.randrange(5):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value, random.choice((*value, *edges.constants))]
            case 2:
                return [*value[:at], value[0], *value[at + 1 :]]
            case _:
                return [*value[:at], near(random, value[at], edges), *value[at + 1 :]]
    if isinstance(value, str) and random.random() < 0.7:
        at = random.randint(0, len(value))
        return (
            value[:at] + random.choice(("", "a", "1", "b", "é", "-", "0")) + value[at + random.randrange(2) :]
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and random.random() < 0.7:
        return value + random.choice((-1, 1, 0.5, -0.1))
    if isinstance(value, dict) and random.random() < 0.5:
        return {random.choice(edges.names): random.choice(edges.constants)}
    return random.choice((*edges.constants, *edges.numbers, [value], {random.choice(edges.names): value}))


def _constants(node: Schema) -> list[Any]:
    return [*node.get("enum", ()), *([node["const"]] if "const" in node else ())]


def _numbers(node: Schema) -> list[Any]:
    found: list[Any] = []
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if keyword in node:
            found += [node[keyword], node[keyword] - 1, node[keyword] + 1, node[keyword] + 0.5]
    if "multipleOf" in node:
        found += [node["multipleOf"] * times for times in (-1, 1, 2, 3)]
    return found
