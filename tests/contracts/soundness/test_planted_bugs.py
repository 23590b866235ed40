"""The search can fail: it finds each of the bugs that are planted in copies of the engine."""

import pytest

from cartsnitch_contracts.inclusion import decide
from schemas.hunt import wrong
from schemas.pairs import pairs
from schemas.planted import BUGS, planted

MOST = 3000
"""Pairs that the search may need; `test_search` looks at more."""


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_found(bug, tmp_path):
    """Among the pairs of one family there is one that the engine with the bug gets wrong, and ours right."""
    with planted(bug, tmp_path) as broken:
        found = next((one for pair in pairs(bug.family, MOST) if (one := wrong(broken, pair, 40))), None)

    assert found
    assert wrong(decide, found.pair, 40) is None


def test_there_are_bugs_of_many_kinds():
    """In most modules of the engine something is broken once."""
    assert len(BUGS) >= 12
    assert len({bug.module for bug in BUGS}) >= 10
