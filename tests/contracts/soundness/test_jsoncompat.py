"""jsoncompat (PyPI) as a second opinion: where it differs, one of the two is right, and it is known why."""

from collections import Counter

import pytest

from cartsnitch_contracts.inclusion import decide
from schemas import FAMILIES, pairs
from schemas.differences import DIALECT, HOLLOW, KINDS, NONE, SELF_REFUTED, WE_GIVE_UP, difference
from schemas.pairs import Pair
from schemas.peers import Peer


@pytest.fixture(scope="module")
def peer():
    """jsoncompat, in a process of its own, as it may crash."""
    with Peer("jsoncompat", seconds=0.5) as found:
        yield found


@pytest.fixture(scope="module")
def validator():
    """Its validator."""
    with Peer("jsoncompat's validator", seconds=1.0) as found:
        yield found


@pytest.mark.parametrize("family", FAMILIES)
def test_each_difference_is_explained(family, peer, validator):
    """Of a kind that docs/contracts-speed.md explains, with a witness that was checked, and mostly theirs."""
    kinds = explained(family, 25, peer, validator)

    assert kinds.keys() <= {NONE, *KINDS}
    assert kinds[WE_GIVE_UP] <= 6


@pytest.mark.soundness
@pytest.mark.parametrize("family", FAMILIES)
def test_each_difference_among_many_is_explained(family, peer, validator):
    """The same, where rare kinds occur."""
    kinds = explained(family, 500, peer, validator)

    assert kinds.keys() <= {NONE, *KINDS}
    assert kinds[WE_GIVE_UP] <= 60


def test_what_an_open_writer_leaves_open_is_sent(peer, validator):
    """The commonest wrong verdict: a name that the writer does not declare is thought never to be sent."""
    pair = Pair("open", {"type": "object"}, {"properties": {"a": {"type": "integer"}}})

    ours, theirs = decide(pair.writer, pair.reader), peer.decide(pair.writer, pair.reader)

    assert (ours.verdict, theirs.verdict) == ("breaking", "compatible")
    assert difference(pair, ours, theirs, validator) == SELF_REFUTED


def explained(family: str, count: int, peer: Peer, validator: Peer) -> Counter[str]:
    """How many pairs differ for which reason."""
    kinds: Counter[str] = Counter()
    for pair in pairs(family, count):
        ours, theirs = decide(pair.writer, pair.reader), peer.decide(pair.writer, pair.reader)
        kinds[difference(pair, ours, theirs, validator)] += 1
    return kinds


def test_a_name_that_must_be_a_uuid_makes_it_forget_what_is_required(peer, validator):
    """A break that is none: its witness is never sent."""
    names = {"x": {"propertyNames": {"format": "uuid"}}}
    writer = {"required": ["b", "c"], "properties": names, "additionalProperties": {}}
    pair = Pair("forgetful", writer, {"required": ["b"]})

    ours, theirs = decide(pair.writer, pair.reader), peer.decide(pair.writer, pair.reader)

    assert (ours.verdict, theirs.verdict) == ("compatible", "breaking")
    assert difference(pair, ours, theirs, validator) == HOLLOW


def test_a_bracket_in_a_class_is_a_character(peer, validator):
    """It is none for jsoncompat, which takes a class in a class for a union."""
    pair = Pair("dialect", {"const": "123"}, {"pattern": "^[[ab].]*"})

    ours, theirs = decide(pair.writer, pair.reader), peer.decide(pair.writer, pair.reader)

    assert (ours.verdict, theirs.verdict) == ("breaking", "compatible")
    assert difference(pair, ours, theirs, validator) == DIALECT
