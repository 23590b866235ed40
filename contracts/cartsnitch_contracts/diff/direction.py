"""One version's writer against the other version's reader, change by change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.changes import Change, Fields, Sides
from cartsnitch_contracts.diff.fields import same
from cartsnitch_contracts.diff.judge import Comparison, Trial, probes, size, untried
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import Problem
from cartsnitch_contracts.validation import Schema, validator

_COMPOSED = ("anyOf", "oneOf", "allOf", "not", "if")
_PAYLOADS_TO_PROBE = 3


@dataclass(frozen=True, eq=False)
class Version:
    """One version of a contract: its two schemas, their fields, and payloads that its writer may send."""

    writer: Schema
    reader: Schema
    sides: Sides
    payloads: tuple[Any, ...]

    @classmethod
    def of(cls, writer: Schema, reader: Schema, payloads: Iterable[Any]) -> "Version":
        """Read two schemas."""
        return cls(writer, reader, Sides.of(writer, reader), tuple(payloads))


class Direction:
    """One version's writer against the other's reader."""

    def __init__(self, writer: Version, reader: Version, given: Sequence[Any]) -> None:
        self.fields, self.others = writer.sides, reader.sides
        payloads = [*sorted(writer.payloads, key=size), *given]
        self.trial = Trial(validator(writer.writer), validator(reader.reader), payloads)
        # An example that the change made stale may fit again once the changed field is probed.
        self.bases = (self.trial.payloads or payloads)[:_PAYLOADS_TO_PROBE]

    def judge(self, change: Change, among: Sequence[Change]) -> Comparison:
        """The verdict on one change among all; a refusal counts against the change that is nearest to it."""
        witness = self.trial.witness(
            lambda problem: change in _concerned(problem, among), self._probes(change)
        )
        if witness is not None:
            return Comparison(Verdict.BREAKING, witness)
        if all(self._safe(path) for path in change.paths):
            return Comparison(Verdict.COMPATIBLE)
        return Comparison(Verdict.UNPROVEN, reason=untried(self.trial))

    def unexplained(self, among: Sequence[Change]) -> Iterator[Problem]:
        """Refusals at places where nothing changed."""
        for _, found in self.trial.refused:
            yield from (problem for problem in found if not _concerned(problem, among))

    def _safe(self, path: places.Path) -> bool:
        """Whether the place, by its form alone, cannot make this reader refuse what this writer sends."""
        writer, reader = self.fields.writer, self.others.reader
        sent, taken = writer.get(path), reader.get(path)
        if sent is None and taken is None:
            return True
        if taken is None:  # ignored, if the object that holds it is open
            holder = reader.get(path[:-1])
            return holder is not None and holder.open
        if sent is None:  # never sent, if the object that holds it is closed
            holder = writer.get(path[:-1])
            return holder is not None and holder.closed and not taken.required
        if taken.required and not sent.required:
            return False
        return self._untouched(path) or _each_taken(sent.schema, taken.schema)

    def _untouched(self, path: places.Path) -> bool:
        def equal(before: Fields, after: Fields) -> bool:
            return path in before and path in after and same(before[path].own, after[path].own)

        here, there = self.fields, self.others
        return equal(here.writer, there.writer) and equal(here.reader, there.reader)

    def _probes(self, change: Change) -> Iterator[Any]:
        """Payloads with the changed field absent, and at the edges of what the writer may send there."""
        for path in change.paths:
            field = self.fields.writer.get(path)
            if field is None or not path:
                continue
            for payload in self.bases:
                holder = next(places.find(payload, path[:-1]), None)
                inside = None if holder is None else places.get(payload, holder)
                if holder is None or not isinstance(inside, dict | list) or (inside == []):
                    continue
                place = (*holder, 0 if path[-1] is places.EACH else path[-1])
                if isinstance(inside, dict) and path[-1] in inside:
                    yield places.drop(payload, place)
                for value in probes(field.schema):
                    yield places.put(payload, place, value)


def _concerned(problem: Problem, among: Sequence[Change]) -> list[Change]:
    path = places.pattern(problem.path)
    above = [
        (len(touched), change)
        for change in among
        for touched in change.paths
        if path[: len(touched)] == touched
    ]
    if above:
        nearest = max(length for length, _ in above)
        return [change for length, change in above if length == nearest]
    if problem.rule not in _COMPOSED:
        return []
    return [change for change in among if any(below[: len(path)] == path for below in change.paths)]


def _each_taken(sent: Any, taken: Any) -> bool:
    """Whether the writer sends one of a few values, and the reader takes each."""
    if not isinstance(sent, dict) or "enum" not in sent or '"$recursion"' in repr(taken):
        return False
    check = validator(taken) if isinstance(taken, dict) else None
    return check is not None and all(check.is_valid(value) for value in sent["enum"])
