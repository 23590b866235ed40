"""The fields of a schema, for people: where they are, what they hold, and whether they are demanded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.schema.shape import Root, text
from cartsnitch_contracts.places import EACH, Path

_DEEPEST = 20
"""A schema that holds itself is followed so far."""
type _Shape = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One field.

    Attributes:
        path: where.
        says: what it holds: `integer, 0 or more`, `text, like ^[0-9]+$ | null`.
        brief: the same without bounds and patterns: `integer`, `text or null`.
        required: whether the object that holds it must hold it; true for items.
    """

    path: Path
    says: str
    brief: str
    required: bool

    @property
    def place(self) -> str:
        """Where, as people write it."""
        return places.show(self.path)


def outline(schema: Any) -> dict[str, Entry]:
    """Every field that a schema declares, by its place, in the order of the schema."""
    root = Root(schema)
    return {entry.place: entry for entry in _fields(root, root.shape(schema), (), ())}


def holds(schema: Any) -> str:
    """What a value of a schema may be: `integer, 1 to 1000`."""
    return describe(Root(schema).shape(schema))


def _fields(root: Root, shape: _Shape, path: Path, active: tuple[str, ...]) -> Iterator[Entry]:
    key = text(shape)
    if key in active or len(path) > _DEEPEST:
        return
    inside = (*active, key)
    for branch in (*shape.get("anyOf", ()), *shape.get("oneOf", ())):
        yield from _fields(root, root.shape(branch), path, inside)
    for name, node in shape.get("properties", {}).items():
        below = root.shape(node)
        place = (*path, name)
        required = name in shape.get("required", ())
        yield Entry(place, describe(below), describe(below, brief=True), required)
        yield from _fields(root, below, place, inside)
    items = shape.get("items")
    if isinstance(items, dict):
        below = root.shape(items)
        if not below.get("properties"):
            yield Entry((*path, EACH), describe(below), describe(below, brief=True), required=True)
        yield from _fields(root, below, (*path, EACH), inside)


def describe(shape: Any, *, brief: bool = False) -> str:
    """What a value may be, in a few words."""
    if not isinstance(shape, dict) or not shape:
        return "anything"
    for word in ("anyOf", "oneOf"):
        if word in shape:
            return _union([describe(branch, brief=brief) for branch in shape[word]], brief)
    if "enum" in shape:
        return _cut(_union([_value(value) for value in shape["enum"]], brief=True), 40 if brief else 200)
    names = shape.get("type", "anything")
    says = [
        _brief(name, shape) if brief else _of_type(name, shape)
        for name in ([names] if isinstance(names, str) else names)
    ]
    return _union(says, brief)


def _brief(name: str, shape: _Shape) -> str:
    return {"string": str(shape.get("format", "text")), "array": "list"}.get(name, name)


def _of_type(name: str, shape: _Shape) -> str:
    match name:
        case "string":
            base = shape.get("format", "text")
            pattern = [_cut(f"like {shape['pattern']}")] if "pattern" in shape else []
            length = _range(shape.get("minLength"), shape.get("maxLength"), "characters")
            return ", ".join([base, *length, *pattern])
        case "integer" | "number":
            low, high = shape.get("minimum"), shape.get("maximum")
            above = [f"above {shape['exclusiveMinimum']}"] if "exclusiveMinimum" in shape else []
            below = [f"below {shape['exclusiveMaximum']}"] if "exclusiveMaximum" in shape else []
            return ", ".join([name, *_range(low, high, ""), *above, *below])
        case "array":
            return ", ".join(["list", *_range(shape.get("minItems"), shape.get("maxItems"), "items")])
        case _:
            return name


def _range(low: Any, high: Any, noun: str) -> list[str]:
    if low is None and high is None:
        return []
    if high is None:
        return [f"{low} {noun} or more".replace("  ", " ")]
    words = f"up to {high}" if low is None else f"{low} to {high}"
    return [f"{words} {noun}".strip()]


def _union(words: list[str], brief: bool) -> str:
    unique = list(dict.fromkeys(words))
    if len(unique) == 1 or not brief:
        return " | ".join(unique)
    return f"{', '.join(unique[:-1])} or {unique[-1]}"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cut(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."
