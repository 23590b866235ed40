"""Schemas as OpenAPI 3.0 writes them, in the words of JSON Schema 2020-12."""

from typing import Any

from cartsnitch_contracts.validation import Schema


def modern(schema: Schema) -> Schema:
    """One schema, its parts as they were.

    In 3.0 a reference hides what stands beside it, `nullable` adds null to a `type` (and does nothing without
    one), and exclusive bounds are a switch on `minimum` and `maximum`.
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    copy: dict[str, Any] = {key: value for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        copy["type"] = [schema["type"], "null"]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        switch = copy.get(exclusive)
        if isinstance(switch, bool):
            del copy[exclusive]
            if switch and bound in copy:
                copy[exclusive] = copy.pop(bound)
    return copy
