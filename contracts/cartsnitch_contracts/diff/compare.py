"""`compare()`: does a reader accept all that a writer can send, and where does it not?"""

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import Comparison, Mismatch
from cartsnitch_contracts.diff.schema.change import Change, Ends, changes
from cartsnitch_contracts.diff.schema.direction import Direction
from cartsnitch_contracts.diff.schema.trial import size
from cartsnitch_contracts.inclusion import READER, WRITER, Verdict, plain
from cartsnitch_contracts.validation import Schema


def compare(writer: Schema, reader: Schema) -> Comparison:
    """Whether the reader accepts all that the writer can send, both taken as they are written.

    The findings are those of the change from the reader's schema to the writer's.

    Raises:
        DocumentError: one of them is not a JSON Schema 2020-12.
    """
    writer, reader = plain(writer, WRITER), plain(reader, READER)
    old, new = Ends(reader, reader), Ends(writer, writer)
    direction = Direction(new.writes, old.reads)
    direction.trial  # noqa: B018 - both are compiled, so that what is no schema is told
    whole = direction.whole
    if whole.verdict is Verdict.COMPATIBLE:
        return Comparison(Verdict.COMPATIBLE)
    found = changes(old, new, proved=False)
    verdicts, others = direction.judge(found)
    judged = [*zip(found, verdicts, strict=True), *others]
    findings = [_mismatch(*each) for each in judged if each[1].verdict is not Verdict.COMPATIBLE]
    breaks = [each for _, each in judged if each.verdict is Verdict.BREAKING]
    if whole.verdict is Verdict.BREAKING:
        breaks.append(direction.decided(whole))
    if not breaks:
        return Comparison(Verdict.UNPROVEN, tuple(findings), reason=whole.reason)
    smallest = min(breaks, key=lambda each: size(each.witness))
    return Comparison(Verdict.BREAKING, tuple(findings), witness=smallest.witness, problem=smallest.problem)


def _mismatch(change: Change, comparison: Comparison) -> Mismatch:
    rule, words = change.hit([comparison.problem.rule] if comparison.problem else ())
    return Mismatch(
        rule=rule.id,
        place=places.show(change.path) if change.path else "",
        summary=words,
        verdict=comparison.verdict,
        witness=comparison.witness,
        reason=comparison.reason,
    )
