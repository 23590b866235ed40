"""The fields of an event, by place."""

from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.diff.canonical import Schema, canonical, key
from cartsnitch_contracts.places import EACH, Path

_OPEN = {"type": "object"}


@dataclass(frozen=True, eq=False)
class Field:
    """What a canonical schema says about one place.

    Attributes:
        path: the place; an item of a list is the field `EACH` of it.
        schema: all of it.
        own: what it says of the value itself, without the fields and items below.
        required: whether the object that holds it must hold it; true for the event and for items.
    """

    path: Path
    schema: Any
    own: Any
    required: bool

    @property
    def type(self) -> str:
        """The JSON types it takes, for people: `string|null`."""
        return "|".join(_types(self.schema)) or "any"

    @property
    def open(self) -> bool:
        """Whether, if it is an object, it takes undeclared fields of any value."""
        return any(body in (_OPEN, {**_OPEN, "additionalProperties": True}) for body in self._bodies)

    @property
    def closed(self) -> bool:
        """Whether, if it is an object, it takes no undeclared field."""
        return {**_OPEN, "additionalProperties": False} in self._bodies

    @property
    def _bodies(self) -> list[Any]:
        branches: list[Any] = self.own.get("anyOf", [self.own]) if isinstance(self.own, dict) else []
        return branches


def fields(schema: Schema) -> dict[Path, Field]:
    """Every place that a schema declares, the event itself first.

    Objects and lists are entered where a value must be one, or one or null; any other composition is a
    single field.
    """
    found: dict[Path, Field] = {}
    _walk(canonical(schema), (), True, found)
    return found


def _walk(schema: Any, path: Path, required: bool, found: dict[Path, Field]) -> None:
    own, container = schema, None
    union = isinstance(schema, dict) and schema.keys() == {"anyOf"}
    branches: list[Any] = schema["anyOf"] if union else [schema]
    composite = [branch for branch in branches if _is_container(branch)]
    null = [branch for branch in branches if branch == {"type": "null"}]
    if len(composite) == 1 and len(composite) + len(null) == len(branches):
        container = composite[0]
        bare = {k: v for k, v in container.items() if k not in ("properties", "items")}
        undeclared = [
            name for name in bare.pop("required", []) if name not in container.get("properties", {})
        ]
        if undeclared:
            bare["required"] = undeclared
        own = {"anyOf": [bare, *null]} if null else bare
    found[path] = Field(path, schema, own, required)
    if container is None:
        return
    for name, child in container.get("properties", {}).items():
        _walk(child, (*path, name), name in container.get("required", ()), found)
    if "items" in container:
        _walk(container["items"], (*path, EACH), True, found)


def _is_container(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") in ("object", "array")


def _types(schema: Any) -> list[str]:
    if not isinstance(schema, dict):
        return []
    if "anyOf" in schema:
        return list(dict.fromkeys(name for branch in schema["anyOf"] for name in _types(branch)))
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def same(one: Any, other: Any) -> bool:
    """Whether two canonical schemas say the same."""
    return key(one) == key(other)
