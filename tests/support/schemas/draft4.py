"""A schema in the words of draft 4, as far as draft 4 has them, for peers that know no other."""

from typing import Any

from schemas.pools import Node, Schema
from schemas.walk import rewritten


def draft4(schema: Schema) -> Schema:
    """The schema in draft 4; what draft 4 cannot say stays, and is ignored there."""
    whole = _translated(rewritten(schema, _said))
    assert isinstance(whole, dict)
    return whole


def _said(node: Schema) -> Schema:
    node = dict(node)
    if "const" in node and "enum" not in node:
        node["enum"] = [node.pop("const")]
    for bound, open_bound, tighter in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        if open_bound in node:
            value = node.pop(open_bound)
            closed = node.get(bound, value)
            node[bound] = tighter(closed, value)
            if node[bound] == value:
                node[open_bound] = True
    if "prefixItems" in node:
        node["additionalItems"] = node.pop("items", True)
        node["items"] = node.pop("prefixItems")
    for name, needed in node.pop("dependentRequired", {}).items():
        node.setdefault("dependencies", {})[name] = needed
    for name, needed in node.pop("dependentSchemas", {}).items():
        if name not in node.setdefault("dependencies", {}):
            node["dependencies"][name] = needed
    if node.get("required") == []:
        del node["required"]
    if "$defs" in node:
        node["definitions"] = node.pop("$defs")
    if "$ref" in node:
        node["$ref"] = node["$ref"].replace("#/$defs/", "#/definitions/")
    return node


def _translated(value: Any, keyword: str = "") -> Node | Any:
    """True and false as schemas, wherever a schema stands."""
    if isinstance(value, bool) and keyword not in (
        "uniqueItems",
        "exclusiveMinimum",
        "exclusiveMaximum",
        *_BOTH,
    ):
        return {} if value else {"not": {}}
    if isinstance(value, dict):
        return {
            name: one
            if name in ("enum", "const", "default", "examples", "required")
            else {key: _translated(part) for key, part in one.items()}
            if name in ("properties", "patternProperties", "definitions", "dependencies")
            and isinstance(one, dict)
            else _translated(one, name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_translated(one) if isinstance(one, dict | bool) else one for one in value]
    return value


_BOTH = ("additionalProperties", "additionalItems")
"""They may be booleans in draft 4 too."""
