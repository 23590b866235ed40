"""Pairs that people wrote: one for each trap that somebody fell into, or nearly."""

import pytest

from cartsnitch_contracts.inclusion import decide
from schemas.corpus import corpus
from schemas.oracles import accepts, accepts_too, counterexample
from schemas.payloads import payloads
from schemas.pools import seeded

CASES = corpus()


def test_there_are_many():
    """The corpus has pairs of both verdicts, and no name twice."""
    names = [case.name for case in CASES]

    assert len(names) == len(set(names))
    assert sum(case.included for case in CASES) >= 250
    assert sum(not case.included for case in CASES) >= 100


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_corpus_is_right(case):
    """A break has a witness that both validators confirm; an inclusion survives a search for one."""
    if case.included:
        candidates = payloads(seeded(case.name), case.writer, case.reader, 50)

        assert counterexample(case.writer, case.reader, candidates) is None
        return

    (witness,) = case.witness

    assert accepts(case.writer)(witness)
    assert not accepts(case.reader)(witness)
    if "format" not in str((case.writer, case.reader)):
        assert accepts_too(case.writer)(witness)
        assert not accepts_too(case.reader)(witness)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_corpus_is_decided(case):
    """Each pair has the right verdict, none is unproven, and each witness is one."""
    decision = decide(case.writer, case.reader)

    assert decision.verdict == ("compatible" if case.included else "breaking"), decision
    if not case.included:
        assert accepts(case.writer)(decision.witness)
        assert not accepts(case.reader)(decision.witness)
