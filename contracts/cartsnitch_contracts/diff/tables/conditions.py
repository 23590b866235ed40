"""Conditions of CHECKs that can be decided: one number column against constants."""

import re
from dataclasses import dataclass
from decimal import Decimal

from cartsnitch_contracts.database.document import Check, Table

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BETWEEN = re.compile(rf"(\w+) between {_NUMBER} and {_NUMBER}", re.IGNORECASE)
_COMPARED = re.compile(rf"(\w+) (>=|>|<=|<) {_NUMBER}")
_FAR = Decimal(10) ** 30


@dataclass(frozen=True)
class Range:
    """The numbers of one column that a condition takes; an end that is not `closed` is left out."""

    column: str
    low: Decimal = -_FAR
    high: Decimal = _FAR
    low_closed: bool = True
    high_closed: bool = True

    def holds(self, number: Decimal) -> bool:
        """Whether the condition takes the number."""
        above = number >= self.low if self.low_closed else number > self.low
        below = number <= self.high if self.high_closed else number < self.high
        return above and below


def range_of(check: Check) -> Range | None:
    """The range that a CHECK is; None when it is something else."""
    if between := _BETWEEN.fullmatch(check.sql.strip()):
        return Range(between[1], Decimal(between[2]), Decimal(between[3]))
    if compared := _COMPARED.fullmatch(check.sql.strip()):
        column, operator, number = compared[1], compared[2], Decimal(compared[3])
        closed = operator.endswith("=")
        if operator.startswith(">"):
            return Range(column, low=number, low_closed=closed)
        return Range(column, high=number, high_closed=closed)
    return None


def ranges_of(table: Table, column: str) -> list[Range]:
    """All ranges that a table's CHECKs keep a column to."""
    found = map(range_of, table.checks.values())
    return [each for each in found if each is not None and each.column == column]


def outside(wanted: list[Range], refused: Range, step: Decimal) -> Decimal | None:
    """A multiple of `step` that all the wanted ranges take and the refused one does not.

    None is that there is none: the numbers nearest to the ends of all ranges were tried.
    """
    return _first(wanted, refused, step)


def inside(wanted: list[Range], step: Decimal) -> Decimal | None:
    """A multiple of `step` that all ranges take; 1 where they do."""
    return _first(wanted, None, step)


def _first(wanted: list[Range], refused: Range | None, step: Decimal) -> Decimal | None:
    ends = {end for each in (*wanted, *([refused] if refused else [])) for end in (each.low, each.high)}
    near = [
        (end // step + offset) * step for end in sorted(ends) if abs(end) < _FAR for offset in (-1, 0, 1, 2)
    ]
    for number in (Decimal(1), Decimal(0), *near, *sorted(ends)):
        if all(each.holds(number) for each in wanted) and not (refused and refused.holds(number)):
            return number
    return None
