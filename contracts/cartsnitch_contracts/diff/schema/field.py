"""One place of a schema, and what rules ask of it."""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cartsnitch_contracts.places import Path

type Shape = dict[str, Any]
"""A schema without annotations and without a reference at its top; see `schema.shape`."""

_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_ALL = frozenset({"string", "boolean", "integer", "number", "null", "array", "object"})


@dataclass(frozen=True, eq=False)
class Field:
    """What a schema says about one place.

    Attributes:
        path: the place; each item of a list, or value of a map, is the field `EACH` of it.
        shape: all that it says of the value.
        required: whether the object that holds it must hold it; true for the whole payload and for items.
    """

    path: Path
    shape: Shape
    required: bool = True

    @property
    def branches(self) -> list[Shape]:
        """What a value may be: the branches of its anyOf or oneOf, or itself."""
        return branches(self.shape)

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that a value may have."""
        return types(self.shape)

    @property
    def values(self) -> dict[str, Any] | None:
        """The values that it lists, by their JSON text; None where it lists none."""
        listed = {json.dumps(value): value for each in self.branches for value in each.get("enum", ())}
        return listed if any("enum" in each for each in self.branches) else None

    def limits(self, *keywords: str) -> dict[tuple[str, str], Any]:
        """The values of these keywords, by type and keyword."""
        found = {}
        for branch in self.branches:
            for keyword in keywords:
                if keyword in branch:
                    found["|".join(sorted(types(branch))), keyword] = branch[keyword]
        return found


def branches(shape: Shape) -> list[Shape]:
    """The branches of a shape that is nothing but an anyOf or oneOf; otherwise itself alone."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in shape and shape.keys() <= {keyword, "discriminator"}:
            return [branch for branch in shape[keyword] if isinstance(branch, dict)]
    return [shape]


def types(shape: Shape) -> frozenset[str]:
    """The JSON types that a shape allows; all where it names none."""
    if "type" in shape:
        declared = shape["type"]
        return frozenset([declared] if isinstance(declared, str) else declared)
    if "enum" in shape:
        return frozenset(_type_of(value) for value in shape["enum"])
    inner = branches(shape)
    if inner != [shape]:
        return frozenset().union(*(types(branch) for branch in inner))
    return _ALL


def exact(number: Any) -> Fraction:
    """A bound as it is written: 0.1 is a tenth."""
    return Fraction(str(number))


def _type_of(value: Any) -> str:
    return _JSON_TYPES.get(type(value), "array" if isinstance(value, list) else "object")
