"""Schemas and payloads in which something particular stands at one place."""

from collections.abc import Iterator
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.schema.locate import Tags, kind, locate
from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.places import EACH, Path


def pinned(writer: Root, path: Path, refused: Schema, tagged: Tags) -> Schema:
    """What the writer sends, as far as the value at the place is not what `refused` allows.

    The definitions of `refused` must not be named `w0`, `w1`, ...
    """
    whole = writer.alone(writer.schema, "w")
    definitions = {**whole.pop("$defs", {}), **refused.pop("$defs", {})}
    inner: Schema = {"not": refused}
    for at in reversed(range(len(path))):
        inner = _around(writer, path, at, inner, tagged)
    return {"allOf": [whole, inner], "$defs": definitions}


def _around(writer: Root, path: Path, at: int, inner: Schema, tagged: Tags) -> Schema:
    step, found = path[at], locate(writer, path[: at + 1], tagged)
    if isinstance(step, str):
        told = dict(tagged).get(path[:at])
        outer: Schema = {"type": "object", "properties": {step: inner}, "required": [step]}
        if told is not None:
            outer["properties"].setdefault(told[0], {"const": told[1]})
            outer["required"].append(told[0])
        return outer
    if step is EACH and found is not None and found.holder is not None and kind(found.holder) == "object":
        return {"type": "object", "not": {"additionalProperties": {"not": inner}}}
    if step is EACH:
        return {"type": "array", "contains": inner}
    before = [True] * int(step)
    return {"type": "array", "prefixItems": [*before, inner], "minItems": int(step) + 1}


def patched(base: Any, path: Path, value: Any, *, inside: bool) -> Iterator[Any]:
    """The payload with a value at the place, wherever that is.

    With `inside` the value only says what is particular: fields of the object, or how many items there are.
    """
    for place in _found(base, path):
        new = value
        if inside:
            now = places.get(base, place) if place in set(places.find(base, path)) else None
            new = _blended(now, value)
        yield places.put(base, place, new)


def _found(base: Any, path: Path) -> list[Path]:
    """Where the place is in a payload, or would be."""
    found = list(places.find(base, path))
    if found or not path:
        return found
    step = path[-1]
    holders = [(holder, places.get(base, holder)) for holder in places.find(base, path[:-1])]
    if isinstance(step, str):
        return [(*holder, step) for holder, value in holders if isinstance(value, dict)]
    return []


def _blended(now: Any, value: Any) -> Any:
    if isinstance(now, dict) and isinstance(value, dict):
        return {**now, **value}
    if isinstance(now, list) and isinstance(value, list) and now:
        return [now[at % len(now)] for at in range(len(value))]
    return value


def without(base: Any, path: Path, name: Any, fields: dict[str, Any]) -> Iterator[Any]:
    """The payload with the field `name` of the objects at `path` gone, and `fields` put there."""
    for place in places.find(base, path):
        holder = places.get(base, place)
        if isinstance(holder, dict):
            rest = {key: value for key, value in holder.items() if key != name}
            yield places.put(base, place, {**rest, **fields})
