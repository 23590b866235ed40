"""What those who know one type of value may ask back: is there a value inside that is so?"""

from typing import Any, Protocol

from cartsnitch_contracts.inclusion.branch import Views
from cartsnitch_contracts.inclusion.clock import Clock
from cartsnitch_contracts.inclusion.formula import Formula
from cartsnitch_contracts.inclusion.memory import Model
from cartsnitch_contracts.inclusion.table import Formulas


class Oracle(Protocol):
    """The solver, as arrays and objects see it."""

    table: Formulas
    views: Views
    clock: Clock
    cells: dict[Any, Any]
    """What objects remember of names, across questions."""

    def model(self, formula: Formula) -> Model | None:
        """A value that satisfies the formula; None when there is none."""

    def several(self, formula: Formula, count: int) -> list[Model]:
        """So many different values that satisfy the formula; fewer when there are no more."""

    def name(self, names: Formula) -> Model | None:
        """A text among these names."""
