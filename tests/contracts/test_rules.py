"""The one table of rules audits itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from cartsnitch_contracts import Document, Finding, Verdict
from cartsnitch_contracts.diff import rules
from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.diff.events import compare_channels
from cartsnitch_contracts.diff.rest import compare_services
from cartsnitch_contracts.diff.rules import RENAMING, RULES, Rule, Subject, rule, table
from cartsnitch_contracts.rest import loads as openapi

CASES = Path(rules.__file__).parents[1] / "cases"
HARMLESS = {"channel-added", "column-default-changed", "index-removed"}
"""Rules that break nobody, in whatever order."""
UNDECIDED = {"table-owner-changed", "table-written-by-another"}
"""Rules of what makes no statement fail: that nobody minds cannot be proved."""
WORDS = {"field": "f", "new": "n", "readers": "r", "writers": "w", "table": "t"}


def findings(rule: Rule, case: str) -> list[Finding]:
    """What the comparer says of a rule's case."""
    text: dict[str, Any] = json.loads((CASES / rule.id / f"{case}.json").read_text())
    match rule.subject:
        case Subject.SCHEMA | Subject.CHANNEL:
            old, new = (
                side
                and Document("cartsnitch.case", version, ("a",), ("b",), side["writer"], side["reader"], {})
                for version, side in (("1", text["old"]), ("2", text["new"]))
            )
            return compare_channels(old, new)
        case Subject.REST:
            return compare_services(
                *(openapi(json.dumps(text[side]), source=side) for side in ("old", "new"))
            )
        case Subject.DATABASE:
            from cartsnitch_contracts.database import loads as database
            from cartsnitch_contracts.diff.tables import compare_databases

            services = {
                name: Consumer(name, writes_tables=frozenset(tables))
                for name, tables in text.get("writes", {}).items()
            }
            return compare_databases(
                *(database(json.dumps(text[side]), source=side) for side in ("old", "new")), services
            )


def broken(finding: Finding) -> bool:
    """Whether a direction breaks, also one that only says who goes first."""
    worst = Verdict.UNPROVEN if finding.rule in UNDECIDED else Verdict.BREAKING
    return worst in (finding.forward.verdict, finding.backward.verdict)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_words_and_two_cases(rule):
    """What has changed, the way out, the safe way in words that can be filled in, and its cases."""
    assert rule.purpose.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.steps
    assert all(step.format(**WORDS) for step in (*rule.steps, *RENAMING))
    cases = {"allowed"} if rule.id in HARMLESS else {"allowed", "breaks"}
    assert {case.stem for case in (CASES / rule.id).glob("*.json")} == cases


@pytest.mark.parametrize(
    "rule", [each for each in RULES.values() if each.id not in HARMLESS], ids=lambda rule: rule.id
)
def test_the_case_that_breaks_is_found_under_its_rule(rule):
    """And a payload, a statement or plain words prove it."""
    found = [each for each in findings(rule, "breaks") if each.rule == rule.id]

    (finding,) = [each for each in found if broken(each)]
    for comparison in (finding.forward, finding.backward):
        assert rule.subject is Subject.DATABASE or comparison.verdict is not Verdict.UNPROVEN
        if comparison.verdict is Verdict.BREAKING:
            assert comparison.witness is not None or comparison.findings
    assert finding.steps


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_case_that_is_allowed_breaks_nobody(rule):
    """The rule says so itself, or has nothing to say."""
    found = [each for each in findings(rule, "allowed") if each.rule == rule.id]

    assert not any(broken(each) for each in found)
    assert {each.verdict for each in found} <= {Verdict.COMPATIBLE}


def test_no_case_is_left_over():
    """Each folder is a rule's."""
    assert {folder.name for folder in CASES.iterdir()} == RULES.keys()


def test_a_function_makes_a_rule():
    """Its name is the id, its docstring the purpose."""

    @rule(subject=Subject.SCHEMA, fix="Undo it.", steps=("undo it",))
    def colour_changed(old: object, new: object) -> str | None:
        """It looks
        different."""
        return f"{old} -> {new}"

    assert (colour_changed.id, colour_changed.purpose) == ("colour-changed", "It looks different.")
    assert colour_changed.find("red", "blue") == "red -> blue"


def test_two_rules_of_one_id_are_an_error():
    """Waivers and searches could not tell them apart."""
    with pytest.raises(ValueError, match="Two rules are called 'field-removed'"):
        table(RULES["field-removed"], RULES["field-removed"])
