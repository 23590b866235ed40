"""Is every value that one schema accepts accepted by another?

A value that the writer's schema accepts and the reader's refuses satisfies "writer and not reader". Either
a search finds one (see `solver`), and an independent validator confirms it: a break, proved. Or the search
closes every way to one: compatible, proved. Anything else is unproven, and says why.
"""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from cartsnitch_contracts.inclusion.bombs import is_costly, refuse_bombs
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

WRITER, READER = "the writer's schema", "the reader's schema"
_BUDGET = Budget()
_GUESSES = 4
_SIMPLE: tuple[Any, ...] = (None, True, False, 0, 1, -1, 0.5, "", "a", [], {})


def decide(writer: Schema | bool, reader: Schema | bool, *, budget: Budget = _BUDGET) -> Decision:
    """Decide whether the reader's schema accepts every value that the writer's accepts.

    Both are JSON Schema 2020-12 with formats asserted, taken as they are written.

    Raises:
        DocumentError: one of them is not a schema, or refers to what it does not hold.
    """
    writer, reader = plain(writer, WRITER), plain(reader, READER)
    judge = Judge(validator(writer, source=WRITER), validator(reader, source=READER))
    if json.dumps(writer, sort_keys=True) == json.dumps(reader, sort_keys=True):
        return Decision(Verdict.COMPATIBLE)
    try:
        return _search(writer, reader, judge, budget)
    except (UndecidedError, SpentError) as error:
        reason = str(error)
    except RecursionError:
        reason = "values are nested too deeply"
    return Decision(Verdict.UNPROVEN, reason=reason)


def _search(writer: Schema | bool, reader: Schema | bool, judge: Judge, budget: Budget) -> Decision:
    """Look for a witness; first for one that is understood, then for one that may be."""
    sent, accepted = Document(writer), Document(reader)
    refuse_bombs(sent, WRITER)
    refuse_bombs(accepted, READER)
    table = Formulas()
    compiler = Compiler(table, Classes(sent, accepted))
    broken = table.all_of([compiler.root(sent.root), table.negate(compiler.root(accepted.root))])
    try:
        model = Solver(table, compiler.expand, _clock(budget, 0.6)).model(broken)
        if model is None:
            return Decision(Verdict.COMPATIBLE)
        if is_costly(sent, model.value) or is_costly(accepted, model.value):
            raise UndecidedError("a value was found that a validator would take too long to confirm")
        if judge.confirms(model.value):
            return _broken(model.value, judge, budget)
        reason = "a value was found, but the validator does not confirm it"
    except (UndecidedError, SpentError) as error:
        reason = str(error)
    for guess in chain(
        _SIMPLE, _mentioned(writer), _mentioned(reader), _hopeful(table, compiler, broken, budget)
    ):
        if not (is_costly(sent, guess) or is_costly(accepted, guess)) and judge.confirms(guess):
            return _broken(guess, judge, budget)
    raise UndecidedError(reason)


def _broken(witness: Any, judge: Judge, budget: Budget) -> Decision:
    return Decision(Verdict.BREAKING, witness=shrunk(witness, judge, _clock(budget, 0.2)))


def _clock(budget: Budget, share: float) -> Clock:
    """A clock for one phase, with its share of the time."""
    return Clock(Budget(budget.steps, budget.seconds * share))


def _hopeful(table: Formulas, compiler: Compiler, formula: Formula, budget: Budget) -> Iterator[Any]:
    """Values that satisfy a formula as far as it is understood."""
    try:
        solver = Solver(table, compiler.expand, _clock(budget, 0.2), hopeful=True)
        yield from (model.value for model in solver.several(formula, _GUESSES))
    except (UndecidedError, SpentError, RecursionError):
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
