"""What a set of literals says of an array, sorted by kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from cartsnitch_contracts.inclusion.formula import Formula, Literal
from cartsnitch_contracts.inclusion.table import Formulas

type Range = tuple[int, int | None, Formula]


@dataclass
class Items:
    """The literals of an array.

    Attributes:
        rules: each item of a range is so.
        demands: some item of a range is so.
        wanted: at least so many items are so.
        allowed: at most so many items are so.
    """

    least: int = 0
    most: int | None = None
    rules: list[Range] = field(default_factory=list)
    demands: list[Range] = field(default_factory=list)
    wanted: dict[Formula, int] = field(default_factory=dict)
    allowed: dict[Formula, int] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Formulas, literals: Iterable[Literal]) -> Self:
        """The literals, sorted; whether items must differ is left to the caller."""
        items = cls()
        for literal in literals:
            items._take(table, literal)
        return items

    @property
    def tail(self) -> int:
        """The first position from which on all are alike."""
        ranges = (*self.rules, *self.demands)
        return max((at for start, end, _ in ranges for at in (start, end) if at is not None), default=0)

    def _take(self, table: Formulas, literal: Literal) -> None:
        argument = literal.argument
        match literal.kind, literal.positive:
            case "length", True:
                self.least = max(self.least, argument)
            case "length", False:
                self.most = argument - 1 if self.most is None else min(self.most, argument - 1)
            case "count", True:
                self.wanted[argument[0]] = max(self.wanted.get(argument[0], 0), argument[1])
            case "count", False:
                self.allowed[argument[0]] = min(self.allowed.get(argument[0], argument[1]), argument[1] - 1)
            case "item", True if argument[1] == argument[0] + 1:
                self.rules.append(argument)
                self.least = max(self.least, argument[1])
            case "item", True:
                self.demands.append(argument)
            case "item", False:
                self.rules.append((argument[0], argument[1], table.negate(argument[2])))
