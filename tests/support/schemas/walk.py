"""Where the schemas inside a schema stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemas.pools import Node, Schema

type Path = tuple[str | int, ...]

ONE: Final = (
    "items", "additionalProperties", "contains", "not", "if", "then", "else",
    "propertyNames", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")
IN_PLACE_ONE: Final = ("not", "if", "then", "else")
IN_PLACE_LISTS: Final = ("anyOf", "oneOf", "allOf")
GROWING: Final = frozenset(
    {
        "items", "additionalProperties", "anyOf", "allOf", "prefixItems", "properties", "patternProperties",
        "dependentSchemas", "then", "else", "propertyNames",
    }
)  # fmt: skip
"""Accept more below these, and the whole accepts no less."""


@dataclass(frozen=True)
class Spot:
    """A schema inside a schema.

    Attributes:
        path: of keywords, names and indexes from the root.
        growing: whether the whole accepts no less when this accepts more.
    """

    path: Path
    node: Node
    growing: bool


def spots(schema: Node) -> list[Spot]:
    """Every schema in a schema, the whole first."""
    return list(_walk(schema, (), True))


def _walk(node: Node, path: Path, growing: bool) -> Iterator[Spot]:
    yield Spot(path, node, growing)
    if isinstance(node, bool):
        return
    for keyword, value in node.items():
        below = growing and keyword in GROWING
        if keyword in ONE:
            yield from _walk(value, (*path, keyword), below)
        elif keyword in LISTS:
            for at, one in enumerate(value):
                yield from _walk(one, (*path, keyword, at), below)
        elif keyword in MAPS:
            for name, one in value.items():
                yield from _walk(one, (*path, keyword, name), below)


def replaced(whole: Any, path: Path, new: Any) -> Any:
    """A copy in which another value stands at the path."""
    if not path:
        return new
    head, *rest = path
    if isinstance(whole, list):
        return [replaced(one, tuple(rest), new) if at == head else one for at, one in enumerate(whole)]
    return {name: replaced(one, tuple(rest), new) if name == head else one for name, one in whole.items()}


def rewritten(node: Node, change: Callable[[Schema], Schema]) -> Node:
    """A copy in which each schema is changed, the innermost first."""
    if isinstance(node, bool):
        return node
    found: Schema = {}
    for keyword, value in node.items():
        if keyword in ONE:
            found[keyword] = rewritten(value, change)
        elif keyword in LISTS:
            found[keyword] = [rewritten(one, change) for one in value]
        elif keyword in MAPS:
            found[keyword] = {name: rewritten(one, change) for name, one in value.items()}
        else:
            found[keyword] = value
    return change(found)


def grounded(schema: Schema) -> bool:
    """Whether no schema refers to itself for the same payload: a validator need not end on one that does."""
    nodes: dict[Path, Node] = {spot.path: spot.node for spot in spots(schema)}
    done: set[Path] = set()

    def ends(path: Path, above: frozenset[Path]) -> bool:
        if path in done:
            return True
        if path in above:
            return False
        node = nodes[path]
        if isinstance(node, bool):
            return True
        below = [(*path, keyword) for keyword in IN_PLACE_ONE if keyword in node]
        below += [
            (*path, keyword, at) for keyword in IN_PLACE_LISTS for at in range(len(node.get(keyword, ())))
        ]
        below += [(*path, "dependentSchemas", name) for name in node.get("dependentSchemas", ())]
        if "$ref" in node:
            below.append(tuple(node["$ref"].split("/")[1:]))
        if all(ends(one, above | {path}) for one in below):
            done.add(path)
            return True
        return False

    return all(ends(path, frozenset()) for path in nodes)
