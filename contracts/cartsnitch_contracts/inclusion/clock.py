"""What stops a search: its budget, or a question that it cannot answer."""

import time

from cartsnitch_contracts.inclusion.decision import Budget

LOOK = 64  # steps from one look at the time to the next


class UndecidedError(Exception):
    """A part could be neither proved nor disproved; the message says which, in a few words."""


class SpentError(Exception):
    """The budget is spent. Not an `UndecidedError`: no other part is worth a try after it."""


class Clock:
    """Counts the work of one decision against its budget."""

    def __init__(self, budget: Budget) -> None:
        self._steps = budget.steps
        self._since_look = 0
        self._deadline = time.monotonic() + budget.seconds

    def tick(self, steps: int = 1) -> None:
        """Count some work.

        Raises:
            SpentError: the budget is spent.
        """
        self._steps -= steps
        if self._steps < 0:
            raise SpentError("the search took more steps than its budget")
        self._since_look += steps
        if self._since_look >= LOOK:
            self._since_look = 0
            if time.monotonic() > self._deadline:
                raise SpentError("the search took longer than its budget")
