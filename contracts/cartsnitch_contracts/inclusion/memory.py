"""What is known of formulas: a value for each, or that none has one; and recursion brought to an end.

A formula that is asked about while it is being looked at counts as empty: the smallest value of a formula
never contains another value of the same formula. "Empty" may therefore lean on a question still open further
up. Such an answer is kept aside until that question is answered: confirmed when it comes out empty too,
forgotten when it does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.formula import Formula


@dataclass(frozen=True, slots=True)
class Model:
    """A value that satisfies a formula, and how many values it is made of."""

    value: Any
    size: int = 1


class Memory:
    """Answers to "which value satisfies this?", each found once."""

    def __init__(self) -> None:
        self._known: dict[Formula, Model | UndecidedError | None] = {}
        self._open: dict[Formula, int] = {}
        self._leans: list[int] = []
        self._aside: dict[Formula, int] = {}

    def ask(self, formula: Formula, find: Callable[[Formula], Model | None]) -> Model | None:
        """The known answer, or the one that `find` gives.

        Raises:
            UndecidedError: as `find` does.
        """
        if formula in self._known:
            known = self._known[formula]
            if isinstance(known, UndecidedError):
                raise UndecidedError(str(known))
            return known
        leans_on = self._open.get(formula, self._aside.get(formula))
        if leans_on is not None:
            self._leans[-1] = min(self._leans[-1], leans_on)
            return None
        return self._find(formula, find)

    def _find(self, formula: Formula, find: Callable[[Formula], Model | None]) -> Model | None:
        depth = len(self._leans)
        aside_before = len(self._aside)
        self._open[formula] = depth
        self._leans.append(depth)
        found: Model | UndecidedError | None
        try:
            found = find(formula)
        except UndecidedError as error:
            found = error
        finally:
            del self._open[formula]
            lean = self._leans.pop()
        newer = list(self._aside)[aside_before:] if len(self._aside) > aside_before else []
        if found is None and lean < depth:
            self._aside[formula] = lean
            for other in newer:
                self._aside[other] = min(self._aside[other], lean)
            self._leans[-1] = min(self._leans[-1], lean)
            return None
        for other in newer:
            del self._aside[other]
            if found is None:
                self._known[other] = None
        if isinstance(found, UndecidedError):
            if lean >= depth:
                self._known[formula] = found
            elif self._leans:
                self._leans[-1] = min(self._leans[-1], lean)
            raise found
        self._known[formula] = found
        return found
