"""One version's writer against the other version's reader, change by change."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import SAFE, Comparison
from cartsnitch_contracts.diff.rules.schema import PAYLOAD_REFUSED
from cartsnitch_contracts.diff.schema.change import Change
from cartsnitch_contracts.diff.schema.locate import Located, locate
from cartsnitch_contracts.diff.schema.pairs import bare
from cartsnitch_contracts.diff.schema.pin import patched, pinned, without
from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.diff.schema.trial import Trial, size
from cartsnitch_contracts.inclusion import Decision, Verdict, decide
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.places import EACH, Path
from cartsnitch_contracts.validation import validator

_COMPOSED = ("anyOf", "oneOf", "allOf", "not", "if")
_BASES = 3
"""So many payloads are tried with the changed place filled in; the smallest, which make the best proofs."""
_PINS = 50
"""So many changes are proved on the whole schema when no payload at hand shows them."""


class Direction:
    """One writer's schema against one reader's; `payloads` are what the writer may send."""

    def __init__(self, writer: Root, reader: Root, payloads: Iterable[Any] = ()) -> None:
        self.writer, self.reader = writer, reader
        self.payloads = sorted(payloads, key=size)
        self._pins = _PINS

    @cached_property
    def whole(self) -> Decision:
        """Whether the reader accepts all that the writer can send."""
        return decide(self.writer.schema, self.reader.schema)

    @cached_property
    def trial(self) -> Trial:
        """Both schemas, compiled by the independent validator."""
        return Trial(
            validator(self.writer.schema, source="the writer"),
            validator(self.reader.schema, source="the reader"),
        )

    def judge(self, changes: Sequence[Change]) -> tuple[list[Comparison], list[tuple[Change, Comparison]]]:
        """The verdict on each change, and what else is at odds: a change that is none, with its verdict."""
        if self.whole.verdict is Verdict.COMPATIBLE:
            return [SAFE] * len(changes), []
        verdicts = [self._one(change, changes) for change in changes]
        broken = any(each.verdict is Verdict.BREAKING for each in verdicts)
        if broken or (self.whole.verdict is Verdict.UNPROVEN and any(each is not SAFE for each in verdicts)):
            return verdicts, []
        comparison = self.decided(self.whole)
        problem = comparison.problem
        path: Path = ()
        if problem is not None:
            path = places.pattern(problem.path)
            blamed = _concerned(problem, changes)
            if blamed:
                return [
                    comparison if each in blamed else v for each, v in zip(changes, verdicts, strict=True)
                ], []
        words = problem.message if problem else "not every payload is proved to pass"
        return verdicts, [(Change(path, ((PAYLOAD_REFUSED, words),), presence=False), comparison)]

    def _objection(self, payload: Any) -> Problem:
        found = problems(self.trial.reader, payload)
        return found[0] if found else Problem((), "schema", "is refused")

    def _one(self, change: Change, among: Sequence[Change]) -> Comparison:
        def concerns(problem: Problem) -> bool:
            return change in _concerned(problem, among)

        found = self.trial.proof(self.payloads, concerns)
        if found is not None:
            return Comparison(Verdict.BREAKING, witness=found[0], problem=found[1])
        worst = SAFE
        for path in change.paths:
            verdict = self._place(path, change, concerns)
            if verdict.verdict is Verdict.BREAKING:
                return verdict
            worst = worst if verdict is SAFE else verdict
        return worst

    def _place(self, path: Path, change: Change, concerns: Any) -> Comparison:
        asked = _Question(self.writer, self.reader, path, change)
        local = self.whole if asked.is_whole else decide(asked.sent, asked.taken)
        if local.verdict is Verdict.COMPATIBLE:
            return SAFE
        if local.verdict is Verdict.BREAKING:
            bases = [self.whole.witness] if self.whole.verdict is Verdict.BREAKING else []
            for base in (*self.payloads[:_BASES], *bases):
                found = self.trial.proof(asked.payloads(base, local.witness), concerns)
                if found is not None:
                    return Comparison(Verdict.BREAKING, witness=found[0], problem=found[1])
        if asked.is_whole:
            return self.decided(local)
        return self._pinned(asked, local, concerns)

    def decided(self, decision: Decision) -> Comparison:
        """What the engine decided, with the reader's first objection to its witness."""
        if decision.verdict is Verdict.BREAKING:
            problem = self._objection(decision.witness)
            return Comparison(Verdict.BREAKING, witness=decision.witness, problem=problem)
        return Comparison(decision.verdict, reason=decision.reason)

    def _pinned(self, asked: "_Question", local: Decision, concerns: Any) -> Comparison:
        """The verdict on payloads with what the reader refuses at the place."""
        self._pins -= 1
        if self._pins < 0:
            return Comparison(Verdict.UNPROVEN, reason="too many places changed at once to prove each")
        schema = pinned(self.writer, asked.at, asked.refused(), asked.tagged)
        for reader in (False, self.reader.schema):
            decision = decide(schema, {"not": {}} if reader is False else reader)
            if decision.verdict is Verdict.COMPATIBLE:
                return SAFE
            if decision.verdict is Verdict.UNPROVEN:
                return Comparison(Verdict.UNPROVEN, reason=local.reason or decision.reason)
            found = problems(self.trial.reader, decision.witness)
            if found:
                problem = next(filter(concerns, found), found[0])
                return Comparison(Verdict.BREAKING, witness=decision.witness, problem=problem)
        return Comparison(Verdict.UNPROVEN, reason="the proof was refuted by the validator")


class _Question:
    """What is asked of one place: is all that the writer sends there taken by the reader?

    Attributes:
        at: the place that the two schemas are about: the place itself, or the object that holds it.
        sent: what the writer sends there.
        taken: what the reader takes there.
    """

    def __init__(self, writer: Root, reader: Root, path: Path, change: Change) -> None:
        self.tagged = change.tagged
        one, other = _both(writer, reader, path, change)
        self.path, self.one, self.other = one.path, one, other
        self.moved = one.path != path
        there = one.node is not None and other.node is not None
        self.about_holder = (
            bool(self.path) and isinstance(self.path[-1], str) and (change.presence or not there)
        )
        self.about_holder = self.about_holder and not (self.moved and there)
        self.own = not self.about_holder and not self.moved and change.own
        self.neutral = there
        self.at = self.path[:-1] if self.about_holder else self.path
        self.is_whole = not (self.at or self.about_holder or self.own)
        self.sent, self.taken = self._schemas("d")

    def refused(self) -> Schema:
        """`taken`, with definitions that go beside a writer's."""
        return self._schemas("r")[1]

    def _schemas(self, prefix: str) -> tuple[Schema, Schema]:
        if self.about_holder:
            return (
                self.one.held(neutral=self.neutral, only=True, prefix=prefix),
                self.other.held(neutral=self.neutral, only=False, prefix=prefix),
            )
        if self.own and self.one.field and self.other.field:
            prefixes = (prefix, prefix)
            return bare(
                self.one.root, self.one.field.shape, self.other.root, self.other.field.shape, prefixes
            )
        return self.one.value(prefix), self.other.value(prefix)

    def payloads(self, base: Any, witness: Any) -> Iterator[Any]:
        """The payload with the place's witness put into it."""
        if self.about_holder and isinstance(witness, dict):
            yield from without(base, self.at, self.path[-1], witness)
            # With the witness neutral, the field's own value does as well.
        yield from patched(base, self.at, witness, inside=self.own or self.about_holder)


def _both(writer: Root, reader: Root, path: Path, change: Change) -> tuple[Located, Located]:
    """The place in both schemas; where one of them has no such object or list, what holds it."""
    while True:
        one, other = locate(writer, path, change.tagged), locate(reader, path, change.tagged)
        if one is not None and other is not None:
            return one, other
        path = path[:-1]


def _concerned(problem: Problem, among: Sequence[Change]) -> list[Change]:
    """The changes that a refusal counts against: those nearest to it."""
    above = [
        (len(touched), change)
        for change in among
        for touched in change.paths
        if _within(problem.path, touched)
    ]
    if above:
        nearest = max(length for length, _ in above)
        return [change for length, change in above if length == nearest]
    if problem.rule not in _COMPOSED:
        return []
    return [change for change in among if any(_leads(problem.path, below) for below in change.paths)]


def _within(path: Path, touched: Path) -> bool:
    """Whether a place of a payload lies at or below a place of the schema."""
    return len(touched) <= len(path) and _leads(path[: len(touched)], touched)


def _leads(path: Path, below: Path) -> bool:
    """Whether a place of the schema lies at or below a place of a payload."""
    steps = zip(path, below, strict=False)
    return len(path) <= len(below) and all(step is EACH or step == at for at, step in steps)
