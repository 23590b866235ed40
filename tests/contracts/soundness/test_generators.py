"""The attackers themselves: what they draw is valid, varied, and of the verdict that its making says."""

import json

import pytest

from schemas import FAMILIES, pairs, payloads
from schemas.hunt import search
from schemas.oracles import accepts, accepts_too
from schemas.pairs import pair
from schemas.pools import seeded
from schemas.refactor import WAYS

COUNT = 60


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_draws_the_same_pair_again(family):
    """What a failing test names can be drawn again."""
    first, again = pair(family, 7), pair(family, 7)

    assert (first.writer, first.reader) == (again.writer, again.reader)


@pytest.mark.parametrize("family", FAMILIES)
def test_most_schemas_accept_something(family):
    """A pair whose writer sends nothing attacks nothing; some of those are wanted, but few."""
    reached = 0
    for one in pairs(family, COUNT):
        sends = accepts(one.writer)
        reached += any(sends(payload) for payload in payloads(seeded(one.name), one.writer, one.reader))

    assert reached >= 0.5 * COUNT


@pytest.mark.parametrize("family", ["refactored", "weakened"])
def test_what_is_included_by_construction_is_included(family):
    """No payload is sent and refused in the families whose verdict is known."""
    found = [(one.name, broken) for one in pairs(family, COUNT) if (broken := search(one, 60))]

    assert not found


@pytest.mark.parametrize("family", ["random", "mutated", "narrowed", "recursive", "pydantic"])
def test_breaks_are_neither_rare_nor_all_there_is(family):
    """Payloads alone break a good part of the pairs, and leave a good part whole."""
    broken = sum(search(one, 60) is not None for one in pairs(family, COUNT))

    assert 0.15 * COUNT <= broken <= 0.9 * COUNT


@pytest.mark.parametrize("family", [family for family in FAMILIES if family not in ("patterns", "scopes")])
def test_two_validators_agree_on_the_payloads(family):
    """They never differ, aside from formats, the dialect of patterns, and references between resources."""
    differ = []
    for one in pairs(family, 25):
        if '"format"' in json.dumps(one.writer):
            continue
        first, second = accepts(one.writer), accepts_too(one.writer)
        candidates = payloads(seeded(one.name), one.writer, one.reader, 20)
        differ += [(one.name, payload) for payload in candidates if first(payload) != second(payload)]

    assert not differ


def test_every_way_to_refactor_does_something():
    """Each way changes the text of some schema, or it attacks nothing."""
    idle = {way.__name__ for way in WAYS}
    for number in range(80):
        schema = pair("random", number).writer
        changed = {
            way.__name__ for way in WAYS if json.dumps(way(seeded(number), schema)) != json.dumps(schema)
        }
        idle -= changed

    assert not idle
