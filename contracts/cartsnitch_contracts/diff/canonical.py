"""A schema without what changes nothing: equal texts mean equal sets of payloads, not the other way round."""

import json
from typing import Any
from urllib.parse import unquote

from cartsnitch_contracts.errors import DocumentError

type Schema = dict[str, Any]

_ANNOTATIONS = frozenset(
    {
        "$schema",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
    }
)
_ONE = frozenset(
    {
        "items",
        "additionalProperties",
        "contains",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
    | {"not", "if", "then", "else"}
)
_MANY = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_SCALARS = frozenset(f'{{"type": "{name}"}}' for name in ("string", "number", "integer", "boolean", "null"))


def canonical(schema: Schema) -> Schema:
    """The schema with its references inlined, without annotations, in one order.

    A recursive reference stays, as the number of levels it leads up.

    Raises:
        DocumentError: a reference leads nowhere, or out of the schema.
    """
    result: Schema = _canonical(schema, schema, ())
    return result


def key(schema: Any) -> str:
    """A text by which canonical schemas (and JSON values) are compared: `1`, `1.0` and `true` differ."""
    return json.dumps(schema, sort_keys=True)


def _canonical(node: Any, root: Schema, inside: tuple[str, ...]) -> Any:
    if not isinstance(node, dict):
        return node
    done: Schema = {}
    for keyword in sorted(node.keys() - _ANNOTATIONS - {"$defs", "$ref"}):
        value = node[keyword]
        if keyword in _ONE:
            done[keyword] = _canonical(value, root, inside)
        elif keyword in _MANY:
            done[keyword] = [_canonical(item, root, inside) for item in value]
        elif keyword in _NAMED:
            done[keyword] = {name: _canonical(value[name], root, inside) for name in sorted(value)}
        else:
            done[keyword] = value
    if "$ref" in node:
        target = _target(node["$ref"], root, inside)
        if not done:
            return target
        done["allOf"] = [*done.get("allOf", []), target]
    return _simplified(done)


def _target(ref: str, root: Schema, inside: tuple[str, ...]) -> Schema:
    if ref in inside:
        return {"$recursion": len(inside) - inside.index(ref)}
    found: Any = root
    try:
        if ref != "#" and not ref.startswith("#/"):
            raise LookupError(ref)
        for part in ref.split("/")[1:]:
            found = found[unquote(part).replace("~1", "/").replace("~0", "~")]
    except (LookupError, TypeError):
        raise DocumentError(
            f"The schema refers to {ref!r}, which it does not hold. Put it under $defs."
        ) from None
    target: Schema = _canonical(found, root, (*inside, ref))
    return target


def _simplified(schema: Schema) -> Schema:
    if "const" in schema and "enum" not in schema:
        schema["enum"] = [schema.pop("const")]
    for keyword in ("required", "enum"):
        if keyword in schema:
            schema[keyword] = sorted({key(item): item for item in schema[keyword]}.values(), key=key)
    if schema.get("required") == []:
        del schema["required"]
    if "anyOf" in schema:
        schema["anyOf"] = _branches(schema["anyOf"])
    for keyword in ("allOf", "anyOf"):
        if len(schema.get(keyword, ())) == 1 and len(schema) == 1 and isinstance(schema[keyword][0], dict):
            return _simplified(dict(schema[keyword][0]))
    return dict(sorted(schema.items()))


def _branches(branches: list[Any]) -> list[Any]:
    flat: dict[str, Any] = {}
    for branch in branches:
        alone = isinstance(branch, dict) and branch.keys() == {"anyOf"}
        for item in branch["anyOf"] if alone else [branch]:
            flat[key(item)] = item
    # A branch of one scalar type adds nothing beside the branch that takes all of that type. (An object's
    # branch does: unevaluatedProperties sees it.)
    whole = {json.loads(text)["type"] for text in flat if text in _SCALARS}
    return [
        item
        for text, item in sorted(flat.items())
        if text in _SCALARS or not (isinstance(item, dict) and _type(item) in whole)
    ]


def _type(schema: Schema) -> str | None:
    declared = schema.get("type")
    return declared if isinstance(declared, str) else None
