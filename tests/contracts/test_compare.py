"""One writer against one reader: the verdict, the places at fault, and the proof."""

import jsonschema_rs
import pytest

from cartsnitch_contracts import DocumentError, Verdict, compare
from cartsnitch_contracts.diff.schema.shape import Root, same

OPEN = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CLOSED = {**OPEN, "additionalProperties": False}


def alike(one: object, other: object) -> bool:
    return same(Root(one), one, Root(other), other)


def test_what_is_compatible_has_no_finding():
    """A closed writer sends less than an open reader takes."""
    comparison = compare(CLOSED, OPEN)

    assert comparison.verdict == "compatible"
    assert comparison.findings == ()
    assert comparison.witness is None


def test_a_break_has_a_witness_and_names_the_place():
    """The writer's schema accepts the witness, the reader's refuses it; the finding says where and why."""
    reader = {**OPEN, "properties": {"n": {"type": "integer", "maximum": 9}}}

    comparison = compare(OPEN, reader)
    (finding,) = comparison.findings

    assert comparison.verdict == "breaking"
    assert comparison.witness == {"n": 10}
    assert (finding.rule, finding.place, finding.verdict) == ("bounds-loosened", "n", "breaking")
    assert finding.summary == "maximum 9 -> none"
    assert comparison.problem.place == "n"


def test_each_place_at_fault_has_its_own_witness():
    """And the whole has the smallest of them."""
    writer = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}}
    reader = {
        "type": "object",
        "properties": {"a": {"const": "x"}, "b": {"type": "string"}},
        "required": ["a"],
    }

    comparison = compare(writer, reader)

    by_place = {}
    for finding in comparison.findings:
        by_place.setdefault(finding.place, set()).add(finding.rule)
        assert jsonschema_rs.validator_for(writer).is_valid(finding.witness)
        assert not jsonschema_rs.validator_for(reader).is_valid(finding.witness)
    assert by_place == {"a": {"field-made-optional", "values-added"}, "b": {"type-widened"}}
    assert comparison.witness == {}


def test_fields_of_a_tagged_union_are_told_one_by_one():
    """The branches of both belong together by their tag; the other branch is no finding."""

    def union(last: object) -> dict:
        kinds = {"a": {"x": {"type": "string"}}, "b": {"y": last}}
        return {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": kind}, **fields},
                    "required": ["kind", *fields],
                    "additionalProperties": False,
                }
                for kind, fields in kinds.items()
            ]
        }

    comparison = compare(union({"type": "number"}), union({"type": "integer"}))

    (finding,) = comparison.findings
    assert (finding.rule, finding.place) == ("type-widened", "y")
    assert finding.witness["kind"] == "b"


def test_a_branch_that_goes_is_told_beside_one_that_changes():
    """Branches of one tag are compared field by field, and what has no partner is a branch too few."""

    def branch(kind: str, schema: object) -> dict:
        return {
            "type": "object",
            "properties": {"kind": {"const": kind}, "x": schema},
            "required": ["kind", "x"],
        }

    writer = {"anyOf": [branch("a", {"type": "number"}), branch("b", {}), branch("c", {})]}
    reader = {"anyOf": [branch("a", {"type": "integer"}), branch("b", {})]}

    comparison = compare(writer, reader)

    found = {(finding.rule, finding.place): finding.witness for finding in comparison.findings}
    assert found.keys() == {("type-widened", "x"), ("branch-added", "")}
    assert found["type-widened", "x"]["kind"] == "a"
    assert found["branch-added", ""]["kind"] not in ("a", "b")


def test_fields_within_lists_and_maps_are_named_by_brackets():
    """An item of a list and a value of a map alike; a position of a list by its number."""

    def holding(inner: object) -> dict:
        return {
            "type": "object",
            "properties": {
                "list": {"type": "array", "items": inner},
                "map": {"type": "object", "additionalProperties": inner},
                "pair": {"type": "array", "prefixItems": [True, inner]},
            },
        }

    comparison = compare(holding({"type": "integer"}), holding({"type": "integer", "minimum": 0}))

    assert {finding.place for finding in comparison.findings} == {"list[]", "map[]", "pair[1]"}
    assert {finding.rule for finding in comparison.findings} == {"bounds-loosened"}


def test_recursion_is_walked_once():
    """A tree of trees ends, and the place is named where it is first met."""

    def tree(leaf: object) -> dict:
        node = {"type": "object", "properties": {"leaf": leaf, "left": {"$ref": "#/$defs/T"}}}
        return {"$ref": "#/$defs/T", "$defs": {"T": node}}

    comparison = compare(tree({"type": "string"}), tree({"type": "string", "maxLength": 2}))

    assert [finding.place for finding in comparison.findings] == ["leaf"]


def test_definitions_used_a_million_times_cost_nothing():
    """Thirty levels of two references each are 2**30 places."""

    def bomb(last: object) -> dict:
        definitions = {
            f"D{level}": {
                "type": "object",
                "properties": {side: {"$ref": f"#/$defs/D{level + 1}"} for side in ("a", "b")},
            }
            for level in range(30)
        }
        return {"$ref": "#/$defs/D0", "$defs": {**definitions, "D30": last}}

    assert compare(bomb({"type": "string"}), bomb({"type": "string"})).verdict == "compatible"
    assert compare(bomb({"type": "integer"}), bomb({"type": "number"})).verdict in ("compatible", "unproven")


def test_what_no_rule_explains_is_a_break_all_the_same():
    """A composition has a finding at its place, with the witness."""
    writer = {"not": {"type": "string"}}
    reader = {"not": {"type": "integer"}}

    comparison = compare(writer, reader)

    assert comparison.verdict == "breaking"
    (finding,) = comparison.findings
    assert (finding.rule, finding.place) == ("constraint-changed", "")
    assert finding.witness == 0


def test_true_is_another_value_than_one():
    """Also inside of a constant, where Python calls the two equal."""
    (finding,) = compare({"const": {"a": True}}, {"const": {"a": 1}}).findings

    assert (finding.rule, finding.witness) == ("values-removed", {"a": True})


def test_what_may_be_no_object_has_no_tag():
    """A property of one value tells branches apart only where nothing but an object is sent."""
    writer = {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}

    comparison = compare(writer, {**writer, "const": "x"})

    assert comparison.verdict == "breaking"
    assert [(finding.rule, finding.place) for finding in comparison.findings] == [("values-added", "")]


def test_what_cannot_be_decided_says_why():
    """It is neither passed off as safe nor called a break."""
    comparison = compare(
        {"type": "string", "pattern": r"^(a)\1+$"}, {"type": "string", "pattern": r"^(a)\1*$"}
    )

    assert comparison.verdict is Verdict.UNPROVEN
    assert comparison.reason
    assert [finding.rule for finding in comparison.findings] == ["pattern-changed"]


@pytest.mark.parametrize(
    "schema", [{"type": "nothing"}, {"$ref": "#/$defs/Gone"}, {"$ref": "http://localhost:1/schema.json"}]
)
def test_what_is_no_schema_is_an_error(schema):
    """On either side, and nothing is fetched."""
    with pytest.raises(DocumentError, match=r"the writer.* is not a JSON Schema 2020-12"):
        compare(schema, OPEN)
    with pytest.raises(DocumentError, match=r"the reader.* is not a JSON Schema 2020-12"):
        compare(OPEN, schema)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"enum": [1]}),
        ({"enum": ["b", "a"]}, {"enum": ["a", "b"]}),
        ({"allOf": [{"type": "null"}]}, {"type": "null"}),
        ({"type": "object", "required": []}, {"type": "object"}),
        (
            {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}},
            {"$ref": "#/$defs/T", "$defs": {"T": {"type": "array", "items": {"$ref": "#/$defs/T"}}}},
        ),
        (
            OPEN,
            {"allOf": [{"type": "object", "required": ["n"]}, {"properties": {"n": {"type": "integer"}}}]},
        ),
    ],
)
def test_the_same_in_other_words_is_the_same(one, other):
    """What changes no payload is taken away."""
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"const": True}),
        (
            {"type": "object", "properties": {"title": {"type": "string"}}},
            {"type": "object", "properties": {}},
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
        (
            {"allOf": [{"contains": {"type": "null"}}, {"minContains": 2}]},
            {"contains": {"type": "null"}, "minContains": 2},
        ),
        (
            {"allOf": [{"properties": {"n": True}}, {"additionalProperties": False}]},
            {"properties": {"n": True}, "additionalProperties": False},
        ),
    ],
)
def test_different_sets_stay_different(one, other):
    """A field may be called `title`, a reference may have siblings, and closing sees its own fields only."""
    assert not alike(one, other)
