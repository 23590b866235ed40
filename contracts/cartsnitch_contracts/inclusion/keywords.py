"""Which keywords of JSON Schema 2020-12 mean something, and where they hold schemas of their own."""

from collections.abc import Iterator
from typing import Any

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SINGLE = frozenset(
    (
        "not",
        "if",
        "then",
        "else",
        "items",
        "contains",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
MAPS = frozenset(("properties", "patternProperties", "dependentSchemas"))
IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"))
DEFINITIONS = frozenset(("$defs", "definitions"))
PLAIN = frozenset(
    (
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "required",
        "dependentRequired",
        "dependencies",
        "minProperties",
        "maxProperties",
        "minItems",
        "maxItems",
        "minContains",
        "maxContains",
        "uniqueItems",
    )
)
REFERENCES = frozenset(("$ref", "$dynamicRef"))
SCHEMAS = SINGLE | LISTS | MAPS
MEANINGFUL = SINGLE | LISTS | MAPS | PLAIN | REFERENCES

type Place = tuple[str | int, ...]


def parts(schema: dict[str, Any], keywords: frozenset[str]) -> Iterator[tuple[Place, Any]]:
    """The schemas directly inside a schema, under these keywords, with where they stand."""
    for keyword, value in schema.items():
        if keyword not in keywords:
            continue
        if keyword in SINGLE:
            yield (keyword,), value
        elif keyword in LISTS:
            for index, part in enumerate(value):
                yield (keyword, index), part
        elif isinstance(value, dict):
            for name, part in value.items():
                yield (keyword, name), part
