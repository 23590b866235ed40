"""Is every value that one schema accepts accepted by another?

A value that the writer's schema accepts and the reader's refuses satisfies "writer and not reader". Either
a search finds one (see `solver`), and an independent validator confirms it: a break, proved. Or the search
closes every way to one: compatible, proved. Anything else is unproven, and says why.
"""

import json
from collections.abc import Iterator
from typing import Any

from cartsnitch_contracts.inclusion.classes import Classes
from cartsnitch_contracts.inclusion.clock import Clock, SpentError, UndecidedError
from cartsnitch_contracts.inclusion.compile import Compiler
from cartsnitch_contracts.inclusion.decision import Budget, Decision, Verdict
from cartsnitch_contracts.inclusion.formula import Formula
from cartsnitch_contracts.inclusion.read import plain
from cartsnitch_contracts.inclusion.resolve import Document
from cartsnitch_contracts.inclusion.solver import Solver
from cartsnitch_contracts.inclusion.table import Formulas
from cartsnitch_contracts.inclusion.witness import Judge, shrunk
from cartsnitch_contracts.validation import Schema, validator

_BUDGET = Budget()
_GUESSES = 12
_SIMPLE_GUESSES: tuple[Any, ...] = (None, True, False, 0, 1, -1, 0.5, "", "a", [], {})


def decide(writer: Schema | bool, reader: Schema | bool, *, budget: Budget = _BUDGET) -> Decision:
    """Decide whether the reader's schema accepts every value that the writer's accepts.

    Both are JSON Schema 2020-12 with formats asserted, taken as they are written.

    Raises:
        DocumentError: one of them is not a schema, or refers to what it does not hold.
    """
    writer, reader = plain(writer, "the writer's schema"), plain(reader, "the reader's schema")
    judge = Judge(
        validator(writer, source="the writer's schema"),
        validator(reader, source="the reader's schema"),
    )
    if json.dumps(writer, sort_keys=True) == json.dumps(reader, sort_keys=True):
        return Decision(Verdict.COMPATIBLE)
    search = _Search(judge, budget)
    try:
        return search.run(writer, reader)
    except (UndecidedError, SpentError) as error:
        reason = str(error)
    except RecursionError:
        reason = "values are nested too deeply"
    for guess in (*_SIMPLE_GUESSES, *_mentioned(writer), *_mentioned(reader)):
        if judge.confirms(guess):
            return search.broken(guess)
    return Decision(Verdict.UNPROVEN, reason=reason)


class _Search:
    """One decision's phases, under one budget: half of the time for the proof, the rest for witnesses."""

    def __init__(self, judge: Judge, budget: Budget) -> None:
        self._judge = judge
        self._budget = budget

    def _clock(self, share: float) -> Clock:
        return Clock(Budget(self._budget.steps, self._budget.seconds * share))

    def run(self, writer: Schema | bool, reader: Schema | bool) -> Decision:
        documents = Document(writer), Document(reader)
        table = Formulas()
        compiler = Compiler(table, Classes(*documents))
        sent, accepted = (compiler.root(document.root) for document in documents)
        broken = table.all_of([sent, table.negate(accepted)])
        try:
            model = Solver(table, compiler.expand, self._clock(0.6)).model(broken)
            if model is None:
                return Decision(Verdict.COMPATIBLE)
            if self._judge.confirms(model.value):
                return self.broken(model.value)
            reason = "a value was found, but the validator does not confirm it"
        except (UndecidedError, SpentError) as error:
            reason = str(error)
        solver = Solver(table, compiler.expand, self._clock(0.2), hopeful=True)
        for guess in _guesses(solver, broken):
            if self._judge.confirms(guess):
                return self.broken(guess)
        raise UndecidedError(reason)

    def broken(self, witness: Any) -> Decision:
        return Decision(Verdict.BREAKING, witness=shrunk(witness, self._judge, self._clock(0.2)))


def _guesses(solver: Solver, formula: Formula) -> Iterator[Any]:
    """Values that satisfy a formula as far as it is understood."""
    try:
        for model in solver.several(formula, _GUESSES):
            yield model.value
    except (UndecidedError, SpentError):
        return


def _mentioned(schema: Any) -> Iterator[Any]:
    """The values that a schema mentions: constants, examples, defaults."""
    pending = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            yield from (part[keyword] for keyword in ("const", "default") if keyword in part)
            for keyword in ("enum", "examples"):
                if isinstance(part.get(keyword), list):
                    yield from part[keyword]
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
