"""Objects: which properties, with which names and values, satisfy some literals.

Names that are spoken of one by one stand for themselves; all other names fall into *cells*, within which no
literal tells two names apart. Each property that must exist is given a name or a cell, or shares one with
another; then the size is made up with properties that may exist.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cartsnitch_contracts.inclusion.cells import Cell, cells, listed
from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.facts import single
from cartsnitch_contracts.inclusion.formula import Formula, Literal, Type
from cartsnitch_contracts.inclusion.memory import Model
from cartsnitch_contracts.inclusion.oracle import Oracle


@dataclass(frozen=True)
class Property:
    """A property to be: under its own name, or any of a cell's, with a value that is so."""

    place: str | Cell
    value: Formula


def find_object(solver: Oracle, literals: Sequence[Literal]) -> Model | None:
    """An object that satisfies the literals; None when there is none.

    Raises:
        UndecidedError: it cannot be told.
    """
    return _Object(solver, literals).find()


class _Object:
    def __init__(self, solver: Oracle, literals: Sequence[Literal]) -> None:
        self._solver = solver
        self._table = solver.table
        self._least = 0
        self._most: int | None = None
        self._own: dict[str, list[Formula]] = {}
        self._required: dict[str, list[Formula]] = {}
        self._rules: list[tuple[Formula, Formula]] = []
        self._wanted: list[tuple[Formula, Formula]] = []
        self._undecided: UndecidedError | None = None
        for literal in literals:
            self._take(literal)
        spoken_of = {name for names, _ in (*self._rules, *self._wanted) for name in listed(names)}
        self._names = dict.fromkeys((*self._required, *self._own, *sorted(spoken_of)))
        self._values: dict[str, Formula] = {}

    def _take(self, literal: Literal) -> None:
        if literal.kind == "size":
            if literal.positive:
                self._least = max(self._least, literal.argument)
            elif self._most is None or literal.argument <= self._most:
                self._most = literal.argument - 1
            return
        names, value = literal.argument
        name = single(names)
        if not literal.positive:
            value = self._table.negate(value)
        if name is not None:
            (self._required if literal.positive else self._own).setdefault(name, []).append(value)
        else:
            names = self._solver.views.of(names, Type.STRING)
            (self._wanted if literal.positive else self._rules).append((names, value))

    def find(self) -> Model | None:
        if self._most is not None and max(self._least, len(self._required)) > self._most:
            return None
        placed = []
        for name, values in self._required.items():
            wanted = Property(name, self._table.all_of([*values, self._value(name)]))
            placed.append(wanted)
            try:
                if self._solver.model(wanted.value) is None:
                    return None
            except UndecidedError as error:
                # One that cannot be told does not end the search: another may be impossible.
                self._undecided = error
        found = None if self._undecided else self._place(placed, self._wanted)
        if found is None and self._undecided:
            raise self._undecided
        return found

    def _possible(self, value: Formula) -> bool:
        """Whether there is such a value; when it cannot be told, that is kept for the end."""
        try:
            return self._solver.model(value) is not None
        except UndecidedError as error:
            self._undecided = error
            return False

    def _value(self, name: str) -> Formula:
        """What holds for the value of a property of this name."""
        if name not in self._values:
            rules = [value for names, value in self._rules if self._is_in(name, names)]
            self._values[name] = self._table.all_of([*self._own.get(name, ()), *rules])
        return self._values[name]

    def _is_in(self, name: str, names: Formula) -> bool:
        if isinstance(names, Literal) and names.kind == "in":
            return (name in names.argument) == names.positive
        return self._solver.name(self._table.all_of([names, self._table.name(name)])) is not None

    def _place(self, placed: list[Property], wanted: list[tuple[Formula, Formula]]) -> Model | None:
        """Give each property that must exist a place, and fill up."""
        self._solver.clock.tick()
        if not wanted:
            return self._filled(placed)
        (names, value), *others = wanted
        for choice in self._choices(placed, names, value):
            found = self._place(choice, others)
            if found is not None:
                return found
        return None

    def _choices(self, placed: list[Property], names: Formula, value: Formula) -> Iterator[list[Property]]:
        """The ways to have a property with such a name and value: one that is there, or a new one."""
        join = self._table.both
        taken = {each.place for each in placed if isinstance(each.place, str)}
        for at, each in enumerate(placed):
            joined = join(each.value, value)
            if self._covers(names, each.place) and self._possible(joined):
                yield [*placed[:at], Property(each.place, joined), *placed[at + 1 :]]
        for name in self._names:
            if name not in taken and self._is_in(name, names):
                joined = join(value, self._value(name))
                if self._possible(joined):
                    yield [*placed, Property(name, joined)]
        for cell in self._all_cells():
            joined = join(value, cell.value)
            if names in cell.within and self._possible(joined):
                yield [*placed, Property(cell, joined)]

    def _covers(self, names: Formula, place: str | Cell) -> bool:
        return self._is_in(place, names) if isinstance(place, str) else names in place.within

    def _all_cells(self) -> list[Cell]:
        return cells(self._solver, frozenset(self._names), self._rules, [names for names, _ in self._wanted])

    def _filled(self, placed: list[Property]) -> Model | None:
        """Give names and values, and add properties until the object is large enough."""
        if self._most is not None and len(placed) > self._most:
            return None
        missing = self._least - len(placed)
        properties = list(placed)
        taken = {each.place for each in placed}
        for name in self._names if missing > 0 else ():
            if missing > 0 and name not in taken and self._possible(value := self._value(name)):
                properties.append(Property(name, value))
                missing -= 1
        named: dict[str, Formula] = {
            each.place: each.value for each in properties if isinstance(each.place, str)
        }
        in_cells = [each for each in properties if isinstance(each.place, Cell)]
        for cell in self._all_cells() if missing > 0 or in_cells else ():
            wanted = [each.value for each in in_cells if each.place is cell]
            fillers = max(missing, 0) if self._possible(cell.value) else 0
            names = [model.value for model in self._solver.several(cell.names, len(wanted) + fillers)]
            if len(names) < len(wanted):
                return None
            values = [*wanted, *[cell.value] * (len(names) - len(wanted))]
            missing -= len(names) - len(wanted)
            named |= dict(zip(names, values, strict=True))
        if missing > 0:
            return None
        models = {name: self._solver.model(value) for name, value in named.items()}
        held = {name: model for name, model in models.items() if model is not None}
        size = 1 + sum(model.size for model in held.values())
        return Model({name: model.value for name, model in held.items()}, size)
