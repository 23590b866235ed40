"""Numbers and texts of a branch: its literals, joined into one question for those who know them."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.formula import Literal
from cartsnitch_contracts.inclusion.memory import Model
from cartsnitch_contracts.inclusion.numbers import Number, values
from cartsnitch_contracts.inclusion.strings import Text, words

type Answer = Model | UndecidedError | None


class Scalars:
    """Finds numbers and texts; equal questions are asked once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Hashable, Answer] = {}

    def number(self, literals: Iterable[Literal]) -> Model | None:
        """A number that satisfies the literals; None when there is none."""
        return self._first(_number(literals), values)

    def text(self, literals: Iterable[Literal]) -> Model | None:
        """A text that satisfies the literals; None when there is none."""
        return self._first(_text(literals), words)

    def _first[Q: Hashable](self, question: Q, answers: Callable[[Q, Clock], Iterator[Any]]) -> Model | None:
        if question not in self._known:
            try:
                found = next((Model(value) for value in answers(question, self._clock)), None)
                self._known[question] = found
            except UndecidedError as error:
                self._known[question] = error
        answer = self._known[question]
        if isinstance(answer, UndecidedError):
            raise UndecidedError(str(answer))
        return answer


def _number(literals: Iterable[Literal]) -> Number:
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    multiples: dict[bool, set[Fraction]] = {True: set(), False: set()}
    only, never = _constants(literals)
    for literal in literals:
        if literal.kind == "multiple":
            multiples[literal.positive].add(literal.argument)
        elif literal.kind in ("at least", "above") and literal.positive:
            bound = (literal.argument, literal.kind == "above")
            low = bound if low is None else max(low, bound)
        elif literal.kind in ("at least", "above"):
            bound = (literal.argument, literal.kind == "above")
            high = bound if high is None else min(high, bound)
    return Number(
        low=low[0] if low else None,
        low_open=bool(low and low[1]),
        high=high[0] if high else None,
        # The opposite of "at least" leaves the bound itself out, that of "above" does not.
        high_open=bool(high and not high[1]),
        multiples=frozenset(multiples[True]),
        not_multiples=frozenset(multiples[False]),
        only=only,
        never=never,
    )


def _text(literals: Iterable[Literal]) -> Text:
    said: dict[tuple[str, bool], set[str]] = {}
    shortest, longest = 0, None
    only, never = _constants(literals)
    for literal in literals:
        if literal.kind in ("pattern", "format"):
            said.setdefault((literal.kind, literal.positive), set()).add(literal.argument)
        elif literal.kind == "longer" and literal.positive:
            shortest = max(shortest, literal.argument)
        elif literal.kind == "longer":
            longest = literal.argument - 1 if longest is None else min(longest, literal.argument - 1)
    return Text(
        inside=frozenset(said.get(("pattern", True), ())),
        outside=frozenset(said.get(("pattern", False), ())),
        formats=frozenset(said.get(("format", True), ())),
        not_formats=frozenset(said.get(("format", False), ())),
        shortest=shortest,
        longest=longest,
        only=only,
        never=never,
    )


def _constants(literals: Iterable[Literal]) -> tuple[frozenset[Any] | None, frozenset[Any]]:
    only: frozenset[Any] | None = None
    never: frozenset[Any] = frozenset()
    for literal in literals:
        if literal.kind == "in" and literal.positive:
            only = literal.argument if only is None else only & literal.argument
        elif literal.kind == "in":
            never |= literal.argument
    return (only, never) if only is None else (only - never, frozenset())
