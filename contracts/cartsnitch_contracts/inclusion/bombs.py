"""Schemas that are short to write and endless to check: ten parts that each refer twice to the next."""

from collections.abc import Iterable

from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.resolve import Document, Node

_MOST = 20_000  # parts that a validator looks at for one value; above, each look takes milliseconds

_MOST_FOR_ALL = 3_000_000  # for a whole value: a tenth of a second


def refuse_bombs(document: Document, source: str) -> None:
    """Return if one value can be checked in reasonable time.

    Raises:
        DocumentError: too many parts apply to one value, each counted as often as it is referred to.
        UndecidedError: a part applies to a value if it applies to it, which says nothing, or if it does not.
    """
    weights: dict[Node, int] = {}
    inner = [document.root] if document.refers else []  # without references the schema itself would be huge
    pending: list[Node] = []
    while pending or inner:
        pending = pending or [inner.pop()]
        node = pending[-1]
        if weights.get(node):
            pending.pop()
            continue
        parts = _in_place(node)
        seen = node in weights
        weights.setdefault(node, 0)  # 0 marks a part that is being counted, so one that leads here again
        unknown = [] if seen else [part for part in parts if part not in weights]
        if unknown:
            pending += unknown
            continue
        pending.pop()
        if any(not weights[part] for part in parts):
            raise UndecidedError("a schema refers to itself without a step into the value")
        weights[node] = 1 + sum(weights[part] for part in parts)
        if weights[node] > _MOST:
            raise DocumentError(
                f"{source} is a bomb: its parts refer to each other so often that one value takes more than "
                f"{_MOST:,} checks. Refer to each part once."
            )
        inner += [part for part in _inside(node) if part not in weights]


def _in_place(node: Node) -> list[Node]:
    """The parts that look at the same value as a part does."""
    if not isinstance(node.schema, dict):
        return []
    parts = [node.document.inside(node, part) for _, part in keywords.parts(node.schema, keywords.IN_PLACE)]
    targets = [
        node.document.follow(node, node.schema[key]) for key in keywords.REFERENCES & node.schema.keys()
    ]
    if node.document.dynamic and "$dynamicRef" in node.schema:
        targets += node.document.dynamic_anchors.values()
    return [*parts, *(target for target in targets if target is not None)]


def _inside(node: Node) -> list[Node]:
    """The parts that look at what is inside a value."""
    return [part for _, part in _places_inside(node)]


def _places_inside(node: Node) -> list[tuple[keywords.Place, Node]]:
    if not isinstance(node.schema, dict):
        return []
    inner = keywords.parts(node.schema, keywords.SCHEMAS - keywords.IN_PLACE)
    return [(place, node.document.inside(node, part)) for place, part in inner]


def is_costly(document: Document, value: object) -> bool:
    """Whether a validator might work on a value for long; it could not be stopped.

    A tree whose every level is looked at twice takes a million checks at a depth of twenty.
    """
    try:
        return document.refers and _checks(document.root, value, {}) > _MOST_FOR_ALL
    except RecursionError:
        return True


def _checks(node: Node, value: object, known: dict[tuple[Node, int], int]) -> int:
    """How many parts a validator looks at for a value, at most."""
    key = (node, id(value))
    if key not in known:
        known[key] = 0
        known[key] = 1 + sum(_checks(part, value, known) for part in _in_place(node))
        if isinstance(value, dict | list):
            for place, part in _places_inside(node):
                known[key] += sum(_checks(part, inner, known) for inner in _reached(place, value))
    return known[key]


def _reached(place: keywords.Place, value: dict[str, object] | list[object]) -> Iterable[object]:
    """The values inside a value that the part at a place looks at, or more."""
    if place[0] == "properties":
        name = str(place[1])
        return (value[name],) if isinstance(value, dict) and name in value else ()
    if place[0] == "prefixItems":
        return value[int(place[1]) : int(place[1]) + 1] if isinstance(value, list) else ()
    return value.values() if isinstance(value, dict) else value
