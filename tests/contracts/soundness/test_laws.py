"""Laws that hold whatever two schemas say; a verdict may be unproven, but none may contradict another."""

from itertools import pairwise

import pytest

from cartsnitch_contracts.inclusion import Verdict, decide
from schemas.combine import joined, negated, placed
from schemas.edits import mutated, weakened
from schemas.general import THEMES, General
from schemas.pairs import GENERAL, pairs
from schemas.pools import Schema, seeded
from schemas.refactor import refactored
from schemas.walk import grounded

COUNT = 30


def verdict(writer: Schema, reader: Schema) -> Verdict:
    """What is decided."""
    return decide(writer, reader).verdict


@pytest.fixture(params=[family for family in GENERAL if family != "random"])
def proved(request):
    """Pairs of a family of which inclusion is proved."""
    found = [
        one
        for one in pairs(request.param, COUNT, seed=1000)
        if verdict(one.writer, one.reader) == "compatible"
    ]

    assert found
    return found


def test_every_schema_is_included_in_itself(proved):
    """Reflexive, also when it is written otherwise."""
    for one in proved:
        again = refactored(seeded(one.name), one.writer)

        assert verdict(one.writer, again) != "breaking", one
        assert verdict(again, one.writer) != "breaking", one


def test_refactoring_changes_no_verdict(proved):
    """A proof stands when both sides are written otherwise."""
    for one in proved:
        random = seeded("again", one.name)

        assert verdict(refactored(random, one.writer), refactored(random, one.reader)) != "breaking", one


def test_a_wider_reader_and_a_narrower_writer_keep_the_proof(proved):
    """Monotone: alternatives of the reader and conditions of the writer only help."""
    for one, other in pairwise(proved):
        assert verdict(one.writer, joined("anyOf", one.reader, other.reader)) != "breaking", one
        assert verdict(joined("allOf", one.writer, other.writer), one.reader) != "breaking", one


def test_a_negation_turns_the_arrow(proved):
    """Contraposition: what the reader refuses, the writer never sends."""
    for one in proved:
        assert verdict(negated(one.reader), negated(one.writer)) != "breaking", one


def test_the_proof_says_that_nothing_is_sent_and_refused(proved):
    """Writer and not reader is nothing."""
    for one in proved:
        rest = {"allOf": [{"$ref": "#/$defs/W"}], **negated(one.reader)}
        assert verdict(joined("allOf", one.writer, negated(one.reader)), {"not": {}}) != "breaking", (
            one,
            rest,
        )


def test_what_holds_of_two_holds_of_their_union(proved):
    """Two proofs side by side are one of the unions, and of the intersections."""
    for one, other in pairwise(proved):
        writers, readers = (one.writer, other.writer), (one.reader, other.reader)

        assert verdict(joined("anyOf", *writers), joined("anyOf", *readers)) != "breaking", one
        assert verdict(joined("allOf", *writers), joined("allOf", *readers)) != "breaking", one


@pytest.mark.parametrize("keyword", ["items", "properties"])
def test_a_verdict_holds_inside_of_lists_and_objects(keyword):
    """A list of what is included is included, and a list of what is not is not."""
    for one in pairs("mutated", COUNT, seed=2000):
        alone = verdict(one.writer, one.reader)
        inside = verdict(placed(one.writer, keyword, "a"), placed(one.reader, keyword, "a"))

        assert "unproven" in (alone, inside) or alone == inside, one


@pytest.mark.parametrize("theme", THEMES)
def test_inclusion_is_transitive(theme):
    """What is proved in two steps is not refuted in one."""
    chains = 0
    for number in range(12):
        random = seeded("chain", theme, number)
        draw = General(random, theme)
        schemas = [draw.schema()]
        schemas.append(mutated(random, schemas[0], draw))
        schemas.append(weakened(random, schemas[1], draw))
        schemas.append(mutated(random, schemas[2], draw))
        if not all(map(grounded, schemas)):
            continue
        for a in schemas:
            for b in schemas:
                if a is b or verdict(a, b) != "compatible":
                    continue
                for c in schemas:
                    if c is not a and c is not b and verdict(b, c) == "compatible":
                        chains += 1
                        assert verdict(a, c) != "breaking", (a, b, c)

    assert chains
