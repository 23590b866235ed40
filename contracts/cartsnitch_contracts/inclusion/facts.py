"""What the assumed literals say at a glance, by name: enough to see most clashes without a search."""

from cartsnitch_contracts.inclusion.formula import Formula, Literal
from cartsnitch_contracts.inclusion.table import Formulas


class Facts:
    """An index of the literals assumed of a value of one type."""

    def __init__(self, table: Formulas, kind_of: int) -> None:
        self._table = table
        self._type = kind_of
        self._only: frozenset[object] | None = None
        self._never: frozenset[object] = frozenset()
        self._least = 0
        self._most: int | None = None
        self._present: dict[str, None] = {}
        self._values: dict[str, Formula] = {}
        self._others: list[tuple[Formula, Formula]] = []
        self._items: list[tuple[int, int | None, Formula]] = []

    def copy(self) -> "Facts":
        """A copy that can learn more."""
        copy = Facts(self._table, self._type)
        copy._only, copy._never, copy._least, copy._most = self._only, self._never, self._least, self._most
        copy._present, copy._values = dict(self._present), dict(self._values)
        copy._others, copy._items = list(self._others), list(self._items)
        return copy

    def add(self, literal: Literal) -> None:
        """Learn a literal that is assumed."""
        match literal.kind, literal.positive:
            case "in", True:
                self._only = literal.argument if self._only is None else self._only & literal.argument
            case "in", False:
                self._never |= literal.argument
            case (("length" | "size" | "longer"), True):
                self._least = max(self._least, literal.argument)
            case (("length" | "size" | "longer"), False):
                most = literal.argument - 1
                self._most = most if self._most is None else min(self._most, most)
            case "property", True:
                name = single(literal.argument[0])
                if name is not None:
                    self._present[name] = None
            case "property", False:
                names, value = literal.argument
                allowed = self._table.negate(value)
                name = single(names)
                if name is None:
                    self._others.append((names, allowed))
                else:
                    self._values[name] = self._table.all_of(
                        [self._values.get(name, self._table.true), allowed]
                    )
            case "item", False:
                start, end, item = literal.argument
                self._items.append((start, end, self._table.negate(item)))

    def truth(self, literal: Literal) -> bool | None:
        """Whether a literal holds for every value that fits the facts, or for none; None: not seen."""
        holds: bool | None = None
        match literal.kind:
            case "in":
                holds = self._constant(literal.argument)
            case "length" | "size" | "longer":
                holds = self._size(literal.argument)
            case "property":
                holds = self._property(*literal.argument)
            case "item":
                holds = self._item(*literal.argument)
        return holds if holds is None or literal.positive else not holds

    def _constant(self, constants: frozenset[object]) -> bool | None:
        if constants <= self._never:
            return False
        if self._only is None:
            return None
        left = self._only - self._never
        return True if left <= constants else False if not left & constants else None

    def _size(self, least: int) -> bool | None:
        if self._least >= least:
            return True
        return False if self._most is not None and self._most < least else None

    def _property(self, names: Formula, value: Formula) -> bool | None:
        name = single(names)
        if name is None:
            return None
        table, allowed = self._table, self.value(name)
        if table.both(allowed, value) is table.false:
            return False
        if name in self._present and table.both(allowed, table.negate(value)) is table.false:
            return True
        return None

    def inside(self, literal: Formula) -> Formula | None:
        """What one value inside must satisfy for a literal to hold; None when it does not speak of one."""
        if not (isinstance(literal, Literal) and literal.positive and literal.kind in ("property", "item")):
            return None
        if literal.kind == "item":
            return self._table.all_of([*self._covering(*literal.argument[:2]), literal.argument[2]])
        names, value = literal.argument
        name = single(names)
        return None if name is None else self._table.both(self.value(name), value)

    def value(self, name: str) -> Formula:
        """What is known of a property's value, should it be there."""
        allowed = self._values.get(name, self._table.true)
        joined = [value for names, value in self._others if _contains(names, name)]
        return self._table.all_of([allowed, *joined]) if joined else allowed

    def _item(self, start: int, end: int | None, item: Formula) -> bool | None:
        if self._most is not None and self._most <= start:
            return False
        covering = self._covering(start, end)
        if self._table.all_of([*covering, item]) is self._table.false:
            return False
        if (
            self._least > start
            and self._table.all_of([*covering, self._table.negate(item)]) is self._table.false
        ):
            return True
        return None

    def _covering(self, start: int, end: int | None) -> list[Formula]:
        """What is known of each item in a range."""
        return [
            allowed
            for first, last, allowed in self._items
            if first <= start and (last is None or (end is not None and end <= last))
        ]


def single(names: Formula) -> str | None:
    """The one name that a formula of names allows, where that is plain to see."""
    if isinstance(names, Literal) and names.kind == "in" and names.positive and len(names.argument) == 1:
        (name,) = names.argument
        return str(name)
    return None


def _contains(names: Formula, name: str) -> bool:
    return isinstance(names, Literal) and names.kind == "in" and (name in names.argument) == names.positive
