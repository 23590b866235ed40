"""The fields of a schema, for people."""

import pytest

from cartsnitch_contracts import documents
from cartsnitch_contracts.outline import describe, outline

TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
}


def test_fields_are_told_with_what_they_hold():
    """Items of a list too; a schema that holds itself is entered once."""
    found = outline(TREE)

    assert {place: (entry.brief, entry.required) for place, entry in found.items()} == {
        "name": ("text", True),
        "next": ("object or null", False),
        "tags": ("list", False),
        "tags[]": ("a or b", True),
    }
    assert found["name"].says == "text, up to 5 characters"


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "integer", "minimum": 0}, "integer, 0 or more"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 9}, "number, up to 9, above 0"),
        ({"type": ["string", "null"], "format": "date"}, "date | null"),
        ({"type": "array", "minItems": 1, "maxItems": 3}, "list, 1 to 3 items"),
        ({"enum": ["a", 1, None]}, "a, 1 or null"),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "a | text"),
        ({}, "anything"),
        (True, "anything"),
    ],
)
def test_what_a_value_may_be_reads_like_words(schema, says):
    """Bounds, formats, lists of values and alternatives."""
    assert describe(schema) == says


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_readers_know_every_field_that_writers_send(document):
    """Both sides of a channel come from one class."""
    assert outline(document.writer).keys() == outline(document.reader).keys()
