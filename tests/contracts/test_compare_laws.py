"""What holds of every comparison: its verdict, findings and proofs agree with each other."""

import pytest

from cartsnitch_contracts import Document, Verdict, compare, compare_documents
from cartsnitch_contracts.inclusion import decide
from cartsnitch_contracts.validation import Schema, validator
from schemas import FAMILIES, Pair, pairs

EACH = 6
SEED = 7_000
PAIRS = [pair for family in FAMILIES for pair in pairs(family, EACH, seed=SEED)]
every_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


def document(version: str, schema: Schema) -> Document:
    return Document("cartsnitch.any", version, ("a",), ("b",), schema, schema, {})


@every_pair
def test_a_comparison_agrees_with_itself(pair: Pair):
    """Findings where it is not compatible, a proof where it breaks, each confirmed by the validator."""
    comparison = compare(pair.writer, pair.reader)

    assert comparison.verdict is decide(pair.writer, pair.reader).verdict
    assert bool(comparison.findings) == (comparison.verdict is not Verdict.COMPATIBLE)
    verdicts = {finding.verdict for finding in comparison.findings}
    assert (comparison.verdict is Verdict.BREAKING) == (Verdict.BREAKING in verdicts)
    assert Verdict.COMPATIBLE not in verdicts
    writer, reader = validator(pair.writer), validator(pair.reader)
    for finding in comparison.findings:
        if finding.verdict is Verdict.BREAKING:
            assert writer.is_valid(finding.witness)
            assert not reader.is_valid(finding.witness)


@every_pair
def test_no_finding_is_safe_where_the_whole_breaks(pair: Pair):
    """And none breaks where the whole is compatible; in both directions of a change."""
    old, new = document("1", pair.reader), document("2", pair.writer)

    findings = compare_documents(old, new)

    for name, writer, reader in (("forward", new, old), ("backward", old, new)):
        verdicts = {getattr(finding, name).verdict for finding in findings}
        whole = decide(writer.writer, reader.reader).verdict
        assert (Verdict.BREAKING in verdicts) == (whole is Verdict.BREAKING)
        assert whole is not Verdict.COMPATIBLE or verdicts <= {Verdict.COMPATIBLE}
        assert whole is not Verdict.UNPROVEN or Verdict.UNPROVEN in verdicts


@every_pair
def test_a_change_taken_back_is_the_same_the_other_way_round(pair: Pair):
    """What breaks forward in one breaks backward in the other."""
    one, other = document("1", pair.reader), document("2", pair.writer)

    there, back = compare_documents(one, other), compare_documents(other, one)

    def breaks(findings: list, name: str) -> bool:
        return any(getattr(finding, name).verdict is Verdict.BREAKING for finding in findings)

    assert breaks(there, "forward") == breaks(back, "backward")
    assert breaks(there, "backward") == breaks(back, "forward")
