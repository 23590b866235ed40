"""One version's writer against the other version's reader, change by change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import SAFE, Comparison
from cartsnitch_contracts.diff.rules.schema import PAYLOAD_REFUSED
from cartsnitch_contracts.diff.schema.blame import Blame
from cartsnitch_contracts.diff.schema.change import Change
from cartsnitch_contracts.diff.schema.locate import Located, locate
from cartsnitch_contracts.diff.schema.pairs import bare
from cartsnitch_contracts.diff.schema.pin import patched, pinned, without
from cartsnitch_contracts.diff.schema.shape import Root, Schema
from cartsnitch_contracts.diff.schema.trial import Trial, size
from cartsnitch_contracts.inclusion import READER, WRITER, Decision, Verdict, decide
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.places import Path
from cartsnitch_contracts.validation import validator

_BASES = 3
"""So many payloads are tried with the changed place filled in; the smallest, which make the best proofs."""
_FEW = 20
"""So many changes are decided one by one before the whole is."""
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

    @property
    def _knows_whole(self) -> bool:
        return "whole" in self.__dict__

    @cached_property
    def trial(self) -> Trial:
        """Both schemas, compiled by the independent validator."""
        return Trial(
            validator(self.writer.schema, source=WRITER),
            validator(self.reader.schema, source=READER),
        )

    def judge(self, changes: Sequence[Change]) -> tuple[list[Comparison], list[tuple[Change, Comparison]]]:
        """The verdict on each change, and what else is at odds: a change that is none, with its verdict."""
        if (self._knows_whole or len(changes) > _FEW) and self.whole.verdict is Verdict.COMPATIBLE:
            return [SAFE] * len(changes), []
        blame = Blame(changes)
        verdicts = [self._one(change, blame) for change in changes]
        if any(each.verdict is Verdict.BREAKING for each in verdicts):
            return verdicts, []  # a place is cheaper to decide than the whole, and its proof holds for both
        if self.whole.verdict is Verdict.COMPATIBLE:
            return [SAFE] * len(changes), []
        if self.whole.verdict is Verdict.UNPROVEN and any(each is not SAFE for each in verdicts):
            return verdicts, []
        comparison = self.decided(self.whole)
        problem = comparison.problem
        path: Path = ()
        if problem is not None:
            path = places.pattern(problem.path)
            blamed = blame.of(problem)
            if blamed:
                return [
                    comparison if each in blamed else v for each, v in zip(changes, verdicts, strict=True)
                ], []
        words = problem.message if problem else "not every payload is proved to pass"
        return verdicts, [(Change(path, ((PAYLOAD_REFUSED, words),), presence=False), comparison)]

    @cached_property
    def _objections(self) -> list[Problem]:
        """What the reader says to the witness against the whole, if there is one."""
        return (
            problems(self.trial.reader, self.whole.witness) if self.whole.verdict is Verdict.BREAKING else []
        )

    def _one(self, change: Change, blame: Blame) -> Comparison:
        worst = SAFE
        for path in change.paths:
            verdict = self._place(path, change, blame)
            if verdict.verdict is Verdict.BREAKING:
                return self._likened(verdict, change, blame)
            worst = worst if verdict is SAFE else verdict
        return worst

    def _likened(self, proof: Comparison, change: Change, blame: Blame) -> Comparison:
        """The proof, as like the smallest payload at hand as it can be."""
        if proof.problem is None or not self.payloads:
            return proof
        witness, problem = self.trial.likened(
            proof.witness, proof.problem, self.payloads[0], lambda problem: change in blame.of(problem)
        )
        return replace(proof, witness=witness, problem=problem)

    def _place(self, path: Path, change: Change, blame: Blame) -> Comparison:
        asked = _Question(self.writer, self.reader, path, change)
        local = self.whole if asked.is_whole else decide(asked.sent, asked.taken)
        if local.verdict is Verdict.COMPATIBLE:
            return SAFE
        proof = self._at_hand(change, blame)
        if proof is not None:
            return proof

        def concerns(problem: Problem) -> bool:
            return change in blame.of(problem)

        if local.verdict is Verdict.BREAKING:
            bases = [self.whole.witness] if self._knows_whole and self.whole.witness is not None else []
            for base in (*self.payloads[:_BASES], *bases):
                found = self.trial.proof(asked.payloads(base, local.witness), concerns)
                if found is not None:
                    return Comparison(Verdict.BREAKING, witness=found[0], problem=found[1])
        if asked.is_whole:
            return self.decided(local)
        return self._pinned(asked, local, concerns)

    def _at_hand(self, change: Change, blame: Blame) -> Comparison | None:
        """A proof that is there already: the witness against the whole, or a payload as it is."""

        def concerns(problem: Problem) -> bool:
            return blame.alone(problem) is change

        if self._knows_whole:
            problem = next(filter(concerns, self._objections), None)
            if problem is not None:
                return Comparison(Verdict.BREAKING, witness=self.whole.witness, problem=problem)
        found = self.trial.proof(self.payloads, concerns)
        return None if found is None else Comparison(Verdict.BREAKING, witness=found[0], problem=found[1])

    def decided(self, decision: Decision) -> Comparison:
        """What the engine decided, with the reader's first objection to its witness."""
        if decision.verdict is Verdict.BREAKING:
            found = problems(self.trial.reader, decision.witness)
            problem = found[0] if found else Problem((), "schema", "is refused")
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
