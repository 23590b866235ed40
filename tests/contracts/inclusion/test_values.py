"""Schemas of one value: what the engine decides of them is what a validator says of the value."""

import pytest

from cartsnitch_contracts.inclusion import decide
from cartsnitch_contracts.inclusion.unique import key
from cartsnitch_contracts.validation import validator
from schemas import FAMILIES, pairs
from schemas.payloads import payloads
from schemas.pools import seeded


def judged(family, count):
    """Schemas of a family with values near their edges, and whether each is accepted."""
    for pair in pairs(family, count, seed=4000):
        is_valid = validator(pair.writer).is_valid
        candidates = payloads(seeded("values", pair.name), pair.writer, pair.reader, 8)
        accepted = None
        try:
            while True:
                value = candidates.send(accepted)
                accepted = is_valid(value)
                yield pair, value, accepted
        except StopIteration:
            continue


@pytest.mark.parametrize("family", FAMILIES)
def test_a_constant_is_included_where_the_validator_accepts_it(family):
    """Never a verdict that the validator contradicts."""
    decided = 0
    for pair, value, accepted in judged(family, 8):
        decision = decide({"const": value}, pair.writer)

        decided += decision.verdict != "unproven"
        assert decision.verdict in ("unproven", "compatible" if accepted else "breaking"), (pair, value)

    assert decided


@pytest.mark.parametrize("family", FAMILIES)
def test_a_schema_that_must_avoid_a_value_is_broken_by_just_that_value(family):
    """All but one value are accepted, so the only witness there can be is that one."""
    broken = 0
    for pair, value, accepted in judged(family, 4):
        decision = decide(pair.writer, {"not": {"const": value}})

        assert decision.verdict in ("unproven", "breaking" if accepted else "compatible"), (pair, value)
        if decision.verdict == "breaking":
            broken += 1
            assert key(decision.witness) == key(value)

    assert broken
