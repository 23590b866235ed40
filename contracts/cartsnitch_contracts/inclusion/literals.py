"""What each keyword says, as literals."""

from collections.abc import Iterable
from typing import Any

from cartsnitch_contracts.inclusion.formats import KNOWN
from cartsnitch_contracts.inclusion.formula import Formula, Type
from cartsnitch_contracts.inclusion.keywords import Place
from cartsnitch_contracts.inclusion.numbers import exact
from cartsnitch_contracts.inclusion.table import Formulas

type Children = dict[Place, Formula]

_TYPES = {
    "null": Type.NULL,
    "boolean": Type.TRUE | Type.FALSE,
    "number": Type.NUMBER,
    "string": Type.STRING,
    "array": Type.ARRAY,
    "object": Type.OBJECT,
}
_BOUNDS = {  # keyword: literal, whether it holds or its opposite does
    "minimum": ("at least", True),
    "exclusiveMinimum": ("above", True),
    "maximum": ("above", False),
    "exclusiveMaximum": ("at least", False),
    "multipleOf": ("multiple", True),
}
_SIZES = {  # keyword: type, literal, whether a smallest or a largest size
    "minLength": (Type.STRING, "longer", True),
    "maxLength": (Type.STRING, "longer", False),
    "minItems": (Type.ARRAY, "length", True),
    "maxItems": (Type.ARRAY, "length", False),
    "minProperties": (Type.OBJECT, "size", True),
    "maxProperties": (Type.OBJECT, "size", False),
}


def plain(table: Formulas, schema: dict[str, Any]) -> list[Formula]:
    """What the keywords say that hold no schemas."""
    said: list[Formula] = []
    for keyword, value in schema.items():
        if keyword == "type":
            said.append(_type(table, value))
        elif keyword == "enum":
            said.append(table.any_of(_constants(table, value)))
        elif keyword == "const":
            said.append(constant(table, value))
        elif keyword in _BOUNDS:
            kind, positive = _BOUNDS[keyword]
            said.append(table.literal(Type.NUMBER, kind, exact(value), positive=positive))
        elif keyword in _SIZES:
            kind_of, kind, least = _SIZES[keyword]
            said.append(table.literal(kind_of, kind, int(value) if least else int(value) + 1, positive=least))
        elif keyword == "pattern" or (keyword == "format" and value in KNOWN):
            said.append(table.literal(Type.STRING, keyword, value))
        elif keyword == "uniqueItems" and value:
            said.append(table.literal(Type.ARRAY, "unique"))
        elif keyword == "required":
            said += [_has(table, name) for name in value]
        elif keyword == "dependentRequired":
            for name, others in value.items():
                absent = _has(table, name, positive=False)
                said.append(table.any_of([absent, table.all_of(_has(table, other) for other in others)]))
        elif keyword == "dependencies":
            # Its schemas may refer, so equal texts need not say the same: it is equal to itself alone.
            said.append(table.opaque((keyword, id(value)), "`dependencies` is of older drafts"))
    return said


def _has(table: Formulas, name: str, *, positive: bool = True) -> Formula:
    return table.some_property(table.name(name), table.true, positive=positive)


def _type(table: Formulas, value: str | list[str]) -> Formula:
    names = [value] if isinstance(value, str) else value
    mask = 0
    for name in names:
        mask |= _TYPES.get(name, 0)
    if "integer" in names and "number" not in names:
        integer = table.literal(Type.NUMBER, "multiple", exact(1))
        return table.all_of([table.types(mask | Type.NUMBER), integer])
    return table.types(mask)


def constant(table: Formulas, value: Any) -> Formula:
    """The value is this one."""
    return table.any_of(_constants(table, [value]))


def _constants(table: Formulas, values: Iterable[Any]) -> list[Formula]:
    mask = 0
    texts: set[str] = set()
    numbers = set()
    said: list[Formula] = []
    for value in values:
        if value is None:
            mask |= Type.NULL
        elif isinstance(value, bool):
            mask |= Type.TRUE if value else Type.FALSE
        elif isinstance(value, str):
            texts.add(value)
        elif isinstance(value, list):
            items = [table.every_item(at, at + 1, constant(table, item)) for at, item in enumerate(value)]
            size = [table.literal(Type.ARRAY, "length", len(value))]
            size += [table.literal(Type.ARRAY, "length", len(value) + 1, positive=False)]
            said.append(table.all_of([table.types(Type.ARRAY), *size, *items]))
        elif isinstance(value, dict):
            held = [_has(table, name) for name in value]
            held += [
                table.every_property(table.name(name), constant(table, inner))
                for name, inner in value.items()
            ]
            size = [table.literal(Type.OBJECT, "size", len(value) + 1, positive=False)]
            said.append(table.all_of([table.types(Type.OBJECT), *size, *held]))
        else:
            numbers.add(exact(value))
    said.append(table.types(mask))
    for kind_of, group in ((Type.STRING, frozenset[Any](texts)), (Type.NUMBER, frozenset[Any](numbers))):
        if group:
            said.append(table.all_of([table.types(kind_of), table.literal(kind_of, "in", group)]))
    return said


def members(table: Formulas, schema: dict[str, Any], children: Children) -> list[Formula]:
    """What is said of an object's properties."""
    said: list[Formula] = []
    others: list[Formula] = []
    if "properties" in schema:
        others.append(table.literal(Type.STRING, "in", frozenset(schema["properties"]), positive=False))
    for place, part in children.items():
        if place[0] == "properties":
            said.append(table.every_property(table.name(str(place[1])), part))
        elif place[0] == "patternProperties":
            said.append(table.every_property(table.literal(Type.STRING, "pattern", place[1]), part))
            others.append(table.literal(Type.STRING, "pattern", place[1], positive=False))
    if "additionalProperties" in schema:
        said.append(table.every_property(table.all_of(others), children["additionalProperties",]))
    if "propertyNames" in schema:
        said.append(table.every_property(table.negate(children["propertyNames",]), table.false))
    return said


def elements(table: Formulas, schema: dict[str, Any], children: Children) -> list[Formula]:
    """What is said of an array's items."""
    prefix = len(schema.get("prefixItems", ()))
    said = [table.every_item(at, at + 1, children["prefixItems", at]) for at in range(prefix)]
    if "items" in schema:
        said.append(table.every_item(prefix, None, children["items",]))
    if "contains" in schema:
        item = children["contains",]
        said.append(table.count(item, int(schema.get("minContains", 1))))
        if "maxContains" in schema:
            said.append(table.count(item, int(schema["maxContains"]) + 1, positive=False))
    return said
