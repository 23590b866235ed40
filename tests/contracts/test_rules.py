"""The one table of rules audits itself."""

import pytest

from cartsnitch_contracts.diff.rules import RENAMING, RULES, Subject, rule, table


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_words_and_steps(rule):
    """What has changed, the way out, and the safe way in words that can be filled in."""
    words = {"field": "f", "new": "n", "readers": "r", "writers": "w", "table": "t"}

    assert rule.purpose.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.steps
    assert all(step.format(**words) for step in (*rule.steps, *RENAMING))


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
