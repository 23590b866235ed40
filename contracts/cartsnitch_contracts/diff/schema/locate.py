"""Where a payload's place is declared in a schema, and that place's part of it as a schema of its own."""

from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.diff.schema.field import Field, Shape
from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.places import EACH, Path, Step

type Tag = tuple[str, Any]
"""A property and the one value of it that tells a union's branch."""
type Tags = tuple[tuple[Path, Tag], ...]
"""The tags that lead to a place, by the place of the object that has them."""


def container(root: Root, shape: Shape, tag: Tag | None = None) -> Shape | None:
    """The one object or list that a shape may be, besides null and scalars; of several the tagged one."""
    found = [each for each in alternatives(root, shape) if kind(each)]
    if tag is not None:
        found = [each for each in found if tag in tags(root, each)]
    return found[0] if len(found) == 1 else None


def alternatives(root: Root, shape: Shape) -> list[Shape]:
    """The branches of a shape that is nothing but a union; otherwise itself alone."""
    return [root.shape(branch) for branch in Field((), shape).branches]


def kind(shape: Shape) -> str | None:
    """`object` or `array`, where a value can be nothing else, but null."""
    declared = shape.get("type")
    names = {declared} if isinstance(declared, str) else set(declared or ())
    names.discard("null")
    return names.pop() if names in ({"object"}, {"array"}) else None


def tags(root: Root, shape: Shape) -> list[Tag]:
    """The properties of an object that have one value only; none of what may be something else."""
    if kind(shape) != "object":
        return []
    found = []
    for name, node in shape.get("properties", {}).items():
        values = root.shape(node).get("enum", ())
        if len(values) == 1 and name in shape.get("required", ()):
            found.append((name, values[0]))
    return found


@dataclass(frozen=True, eq=False)
class Located:
    """A place in a schema.

    Attributes:
        root: the schema.
        path: the place.
        holder: the object or list around it; None for the whole payload.
        node: what is declared there; None where the holder does not declare it.
    """

    root: Root
    path: Path
    holder: Shape | None
    node: Any

    @property
    def required(self) -> bool:
        """Whether its holder must hold it."""
        return self.holder is None or self.path[-1] in self.holder.get("required", ())

    @property
    def field(self) -> Field | None:
        """The declared place; None where the holder does not declare it."""
        return None if self.node is None else Field(self.path, self.root.shape(self.node), self.required)

    def value(self, prefix: str = "d") -> Schema:
        """The declared value's schema; anything where nothing is declared."""
        return {} if self.node is None else self.root.alone(self.node, prefix)

    def held(self, *, neutral: bool, only: bool, prefix: str = "d") -> Schema:
        """The holder as far as this one field goes.

        With `neutral` a declared field may have any value; with `only` there is no other field.
        """
        name, holder = self.path[-1], self.holder or {}
        schema: Schema = {"type": "object"}
        for word in ("patternProperties", "additionalProperties"):
            if word in holder:
                schema[word] = holder[word]
        if self.node is not None:
            schema["properties"] = {name: True if neutral else self.node}
        if self.required:
            schema["required"] = [name]
        if only:
            schema["propertyNames"] = {"const": name}
        return self.root.alone(schema, prefix)


def locate(root: Root, path: Path, tagged: Tags = ()) -> Located | None:
    """The place in the schema; None where its holder is not declared as an object or list."""
    holder: Shape | None = None
    node: Any = root.schema
    for at, step in enumerate(path):
        if node is None:
            return None
        tag = dict(tagged).get(path[:at])
        holder = container(root, root.shape(node), tag)
        if holder is None:
            return None
        node = child(holder, step)
    return Located(root, path, holder, node)


def child(holder: Shape, step: Step) -> Any:
    """What a container declares at a step; None where it declares nothing."""
    if kind(holder) == "object":
        if step is EACH:
            extra = holder.get("additionalProperties")
            return extra if isinstance(extra, dict) else None
        return holder.get("properties", {}).get(step)
    if isinstance(step, int):
        listed = holder.get("prefixItems", ())
        return listed[step] if step < len(listed) else holder.get("items")
    return holder.get("items")
