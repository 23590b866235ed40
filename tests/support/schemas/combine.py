"""Whole schemas as parts of one: negated, joined, and in each other's company."""

from schemas.pools import Schema
from schemas.walk import rewritten


def negated(schema: Schema) -> Schema:
    """What accepts all that the schema refuses."""
    return {"not": _reference("A"), "$defs": _definitions("A", schema)}


def joined(keyword: str, *schemas: Schema) -> Schema:
    """Whole schemas as the alternatives, or the parts, of one keyword."""
    definitions: Schema = {}
    for letter, schema in zip("ABCDEF", schemas, strict=False):
        definitions |= _definitions(letter, schema)
    return {keyword: [_reference(letter) for letter in "ABCDEF"[: len(schemas)]], "$defs": definitions}


def placed(schema: Schema, keyword: str, name: str = "") -> Schema:
    """What holds a value of the schema: as an item, or as a property of that name."""
    if keyword == "items":
        body: Schema = {"type": "array", "items": _reference("A"), "maxItems": 2}
    else:
        body = {"type": "object", "properties": {name: _reference("A")}, "required": [name]}
    return {**body, "$defs": _definitions("A", schema)}


def _reference(letter: str) -> Schema:
    return {"$ref": f"#/$defs/{letter}"}


def _definitions(letter: str, schema: Schema) -> Schema:
    """The schema and its definitions, under names that start with the letter."""

    def point(node: Schema) -> Schema:
        reference = node.get("$ref")
        if reference == "#":
            return {**node, "$ref": f"#/$defs/{letter}"}
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            return {**node, "$ref": f"#/$defs/{letter}{reference.removeprefix('#/$defs/')}"}
        return node

    whole = rewritten(schema, point)
    assert isinstance(whole, dict)
    definitions = {f"{letter}{name}": node for name, node in whole.pop("$defs", {}).items()}
    return {letter: whole, **definitions}
