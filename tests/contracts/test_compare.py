"""One writer against one reader, judged by trying payloads."""

import pytest

from cartsnitch_contracts import DocumentError, Verdict, compare
from cartsnitch_contracts.diff.canonical import canonical, key

OPEN = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CLOSED = {**OPEN, "additionalProperties": False}


def test_equal_schemas_are_compatible():
    """But for annotations, order and references."""
    other = {
        "$defs": {"N": {"title": "Number", "type": "integer"}},
        **OPEN,
        "properties": {"n": {"$ref": "#/$defs/N"}},
    }

    assert compare(OPEN, other).verdict is Verdict.COMPATIBLE


def test_a_payload_that_is_refused_proves_a_break():
    """The witness is that payload without what is not needed for it."""
    comparison = compare(OPEN, CLOSED, [{"n": 1}, {"n": 1, "x": [1, 2, 3], "y": 0}])

    assert comparison.verdict is Verdict.BREAKING
    assert len(comparison.witness.payload) == 2
    assert comparison.witness.problem.rule == "additionalProperties"


def test_a_payload_that_the_writer_cannot_send_proves_nothing():
    """It is left aside."""
    comparison = compare(CLOSED, {**OPEN, "maxProperties": 5}, [{"n": "text"}])

    assert comparison.verdict is Verdict.UNPROVEN
    assert comparison.reason == "no payload at hand fits the writer; add an example that does"


def test_accepted_payloads_prove_nothing_either():
    """Schemas that differ are unproven until a payload is refused, never compatible."""
    comparison = compare(CLOSED, OPEN, [{"n": 1}, {"n": 2}])

    assert comparison.verdict is Verdict.UNPROVEN
    assert "accepts the 2 payloads at hand" in comparison.reason


@pytest.mark.parametrize(
    "schema", [{"type": "nothing"}, {"$ref": "#/$defs/Gone"}, {"$ref": "http://localhost:1/schema.json"}]
)
def test_what_is_no_schema_is_an_error(schema):
    """On either side, and nothing is fetched."""
    with pytest.raises(DocumentError, match="the writer is not a JSON Schema 2020-12"):
        compare(schema, OPEN)
    with pytest.raises(DocumentError, match="the reader is not a JSON Schema 2020-12"):
        compare(OPEN, schema)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"enum": [1]}),
        ({"enum": ["b", "a"]}, {"enum": ["a", "b"]}),
        ({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string"}]}, {"type": "string"}),
        ({"allOf": [{"type": "null"}]}, {"type": "null"}),
        ({"type": "object", "required": []}, {"type": "object"}),
        (
            {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}},
            {"$ref": "#/$defs/T", "$defs": {"T": {"type": "array", "items": {"$ref": "#/$defs/T"}}}},
        ),
    ],
)
def test_the_same_set_in_other_words_is_equal(one, other):
    """What changes no payload is taken away."""
    assert canonical(one) == canonical(other)


def test_a_reference_counts_beside_its_siblings():
    """2020-12 applies both."""
    beside = {"$ref": "#/$defs/A", "maxLength": 3}

    one = canonical({**beside, "$defs": {"A": {"type": "string"}}})
    other = canonical({**beside, "$defs": {"A": {"type": "integer"}}})

    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"const": True}),
        (
            {"type": "object", "properties": {"title": {"type": "string"}}},
            {"type": "object", "properties": {}},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        ({"prefixItems": [{"type": "string"}, {}]}, {"prefixItems": [{}, {"type": "string"}]}),
        (
            {
                "anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "object"}],
                "unevaluatedProperties": False,
            },
            {"anyOf": [{"type": "object"}], "unevaluatedProperties": False},
        ),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}, "maxLength": 3},
            {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}},
        ),
    ],
)
def test_different_sets_stay_different(one, other):
    """A field may be called `title`, and a reference may have siblings."""
    assert key(canonical(one)) != key(canonical(other))
