"""What proof by execution sends, and how verdicts are held against it; `tests/proof` lets releases meet."""

import shutil
from pathlib import Path

import pytest

from cartsnitch_contracts import documents
from cartsnitch_contracts.diff.report import SAFE, Comparison, Finding, Kind, Order
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.proof import Observed, disagreements, exchanged
from cartsnitch_contracts.proof.samples import samples
from release_changes import CHANGES

BREAKS = Comparison(Verdict.BREAKING, witness={})
UNPROVEN = Comparison(Verdict.UNPROVEN)
SOURCE = Path(__file__).parents[2]
READ = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}


def finding(forward=SAFE, backward=SAFE, kind=Kind.EVENT, place="payload.total"):
    return Finding(kind, "prices.updated", "type-changed", place, "", forward, backward)


def seen(forward=None, backward=None):
    return Observed(Kind.EVENT, "prices.updated", forward, backward, 10)


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_samples_are_what_the_writer_may_send(document):
    """Each example is among them, with many variations, no two alike."""
    found = samples(document.writer, document.accepted.values())

    assert all(document.validator("writer").is_valid(event) for event in found)
    assert all(event in found for event in document.accepted.values())
    assert len(found) == len({repr(event) for event in found}) > 10 * len(document.accepted)


def test_samples_stand_at_the_edges():
    """The least number that fits is tried; what does not fit is left out."""
    assert {"n": 3} in samples(READ, [{"n": 5}])
    assert all(payload["n"] >= 3 for payload in samples(READ, [{"n": 1}, {}, {"n": 3}]))


@pytest.mark.parametrize(
    ("predicted", "happened"),
    [
        (finding(), seen()),
        (finding(forward=BREAKS), seen(forward="payload.total is missing")),
        (finding(backward=BREAKS), seen(backward="payload.total is missing")),
        (finding(forward=UNPROVEN), seen(forward="payload.total is missing")),
        (finding(forward=UNPROVEN), seen()),
    ],
)
def test_a_verdict_that_came_true_is_no_disagreement(predicted, happened):
    """Unproven agrees with whatever happens."""
    assert disagreements([predicted], [happened]) == []


@pytest.mark.parametrize(
    ("predicted", "happened", "line"),
    [
        (finding(forward=BREAKS), seen(), "forward: called a break, and nothing was refused"),
        (finding(), seen(forward="total is missing"), "forward: called safe, and refused: total is missing"),
        (finding(forward=BREAKS), seen(forward="x", backward="y"), "backward: called safe, and refused: y"),
        (
            finding(forward=Comparison(Verdict.BREAKING, schema_only=True)),
            seen(forward="x"),
            "forward: called safe, and refused: x",
        ),
    ],
)
def test_a_verdict_that_did_not_come_true_is_told(predicted, happened, line):
    """In a sentence with the channel and the direction."""
    (told,) = disagreements([predicted], [happened])

    assert told.startswith(f"prices.updated, {line}")


def test_a_failure_that_nobody_foresaw_is_told():
    """Also where the report has no finding at all."""
    assert disagreements([], [seen(backward="gone")])


def test_parameters_and_operations_are_left_to_the_documents():
    """They travel in no body that two processes could exchange."""
    assert exchanged(finding(kind=Kind.REQUEST, place="body.items"))
    assert not exchanged(finding(kind=Kind.REQUEST, place="query.since"))
    assert not exchanged(finding(kind=Kind.OPERATION))


@pytest.mark.parametrize(
    ("happened", "order"),
    [
        (seen(), Order.ANY),
        (seen(forward="x"), Order.READERS_FIRST),
        (seen(backward="x"), Order.WRITERS_FIRST),
        (seen("x", "y"), Order.TOGETHER),
    ],
)
def test_the_order_follows_from_what_was_refused(happened, order):
    """What the old readers refuse of new writers must wait for the readers."""
    assert happened.order is order


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_under_proof_fits_the_source(change, tmp_path):
    """Its edits stand where they should: to try it takes minutes, and that is done more seldom."""
    for edit in change.edits:
        (tmp_path / edit.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / edit.file, tmp_path / edit.file)
    versions = "alembic/cartsnitch_migrations/versions"
    shutil.copytree(SOURCE / versions, tmp_path / versions)

    change.apply(tmp_path)

    for edit in change.edits:
        compile((tmp_path / edit.file).read_text(encoding="utf-8"), edit.file, "exec")
        assert (tmp_path / edit.file).read_text() != (SOURCE / edit.file).read_text()
