"""Where references lead, and which parts of two schemas say the same."""

import pytest

from cartsnitch_contracts.inclusion.classes import Classes
from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.resolve import Document

SCHEMA = {
    "$id": "https://example.org/a/root",
    "$ref": "#/$defs/x~1y/items/0",
    "$defs": {
        "x/y": {"items": {"0": {"title": "by pointer"}}},
        "z": {"$anchor": "here", "title": "by anchor"},
        "inner": {"$id": "inner", "title": "by address", "$defs": {"w": {"title": "inside"}}},
    },
    "const": {"$id": "https://example.org/data", "$anchor": "data"},
}


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("#/$defs/x~1y/items/0", "by pointer"),
        ("#/%24defs/z", "by anchor"),
        ("#here", "by anchor"),
        ("inner", "by address"),
        ("https://example.org/a/inner", "by address"),
        ("inner#/$defs/w", "inside"),
        ("https://example.org/a/root#here", "by anchor"),
    ],
)
def test_a_reference_leads_to_its_part(reference, title):
    """By pointer, by anchor, by address, and by both."""
    document = Document(SCHEMA)

    found = document.follow(document.root, reference)

    assert found.schema["title"] == title


@pytest.mark.parametrize(
    "reference", ["#/$defs/nothing", "#nothing", "other", "#data", "https://example.org/data"]
)
def test_a_reference_out_of_the_schema_leads_nowhere(reference):
    """What stands inside a constant is data: it has no address."""
    document = Document(SCHEMA)

    assert document.follow(document.root, reference) is None


def test_references_of_an_embedded_resource_start_there():
    """`#` is the nearest part with an `$id`, not the whole document."""
    document = Document(SCHEMA)
    inner = document.follow(document.root, "inner")

    assert document.follow(inner, "#/$defs/w").schema["title"] == "inside"
    assert document.follow(inner, "#/$defs/z") is None
    assert document.follow(inner, "root#/$defs/z").schema["title"] == "by anchor"


@pytest.mark.parametrize("keyword", ["$id", "$anchor", "$dynamicAnchor"])
def test_an_address_of_two_parts_leads_nowhere_for_sure(keyword):
    """Validators differ on which of them is meant."""
    twice = {name: {keyword: "twice", "title": name} for name in "ab"}

    with pytest.raises(UndecidedError, match="one address"):
        Document({"$defs": twice})


def same(one, other):
    """Whether two whole schemas are seen to say the same."""
    first, second = Document(one), Document(other)
    classes = Classes(first, second)
    return classes.of(first.root) == classes.of(second.root)


def linked(value, name="N"):
    """A list, by a definition that refers to itself."""
    rest = {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}
    return {"$ref": f"#/$defs/{name}", "$defs": {name: {"properties": {"value": value, "next": rest}}}}


def test_names_titles_and_order_play_no_part():
    """Renamed definitions, inlined ones, an allOf of one, annotations, and sets in another order."""
    one = {
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "required": ["a", "b"],
        "$defs": {"A": {"type": ["null", "string"]}},
    }
    other = {
        "title": "T",
        "required": ["b", "a"],
        "properties": {"a": {"allOf": [{"description": "d", "type": ["string", "null"]}]}},
    }

    assert same(one, other)


def test_recursive_parts_are_compared_by_what_they_say():
    """Lists of the same are the same by any name; lists of something else are not."""
    assert same(linked({"type": "integer"}), linked({"type": "integer"}, name="Node"))
    assert not same(linked({"type": "integer"}), linked({"type": "number"}))


def test_a_difference_far_inside_tells_parts_apart():
    """However many steps away it is."""

    def nested(depth, part):
        for _ in range(depth):
            part = {"items": part}
        return part

    assert not same(nested(30, {"type": "null"}), nested(30, {"type": "string"}))
    assert not same(nested(30, {}), nested(31, {}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"const": True}),
        ({"const": "1"}, {"const": 1}),
        ({"type": "object"}, {"const": "object"}),
        ({"properties": {"a": False}}, {"patternProperties": {"a": False}}),
        ({"anyOf": [{"type": "null"}, {"minimum": 1}]}, {"oneOf": [{"type": "null"}, {"minimum": 1}]}),
        ({"prefixItems": [True, False]}, {"prefixItems": [False, True]}),
    ],
)
def test_what_differs_is_never_the_same(one, other):
    """Each of these pairs has a value that one accepts and the other refuses."""
    assert not same(one, other)
