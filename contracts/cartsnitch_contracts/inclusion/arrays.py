"""Arrays: which items, in which order, satisfy some literals.

Positions are gone through from the front. At each, the item may take on some of the demands still open
("some item is f", "three items are g") and decides each predicate of which there may only be so many. Behind
the last position that any literal names (the tail) all positions are alike, so there only items count that a
demand needs; what is missing to the shortest length is filled up at the end.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from cartsnitch_contracts.inclusion import unique
from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.formula import Formula, Literal
from cartsnitch_contracts.inclusion.items import Items, Range
from cartsnitch_contracts.inclusion.memory import Model
from cartsnitch_contracts.inclusion.oracle import Oracle

_MOST_PREDICATES = 8
_LONGEST = 10_000


@dataclass(frozen=True)
class Row:
    """The items so far, the demands still open, and how often each counted predicate has held."""

    items: tuple[Formula, ...] = ()
    open: frozenset[Range] = frozenset()
    counts: tuple[int, ...] = ()


def find_array(solver: Oracle, literals: Sequence[Literal]) -> Model | None:
    """An array that satisfies the literals; None when there is none.

    Raises:
        UndecidedError: it cannot be told.
    """
    kinds = {literal.positive for literal in literals if literal.kind == "unique"}
    if len(kinds) == 2:
        return None
    if kinds != {False}:
        return _Array(solver, literals).find(distinct=bool(kinds))
    tail = Items.of(solver.table, literals).tail
    undecided = None
    for pair in sorted(combinations(range(tail + 2), 2), key=sum):
        try:
            found = _Array(solver, literals, pair).find(distinct=False)
        except UndecidedError as error:
            undecided = error
            continue
        if found is not None:
            return found
    if undecided:
        raise undecided
    return None


class _Array:
    """The search; with `twins`, the items at two positions are to be equal."""

    def __init__(
        self, solver: Oracle, literals: Sequence[Literal], twins: tuple[int, int] | None = None
    ) -> None:
        self._solver = solver
        self._table = solver.table
        self._twins = twins
        said = Items.of(solver.table, literals)
        self._least = max(said.least, twins[1] + 1) if twins else said.least
        self._most = said.most
        self._rules = said.rules
        self._demands = said.demands
        self._wanted = said.wanted
        self._allowed = said.allowed
        self._counted = list(dict.fromkeys((*said.wanted, *said.allowed)))
        self._tail = max(said.tail, twins[1] + 1) if twins else said.tail
        self._undecided: UndecidedError | None = None

    def find(self, *, distinct: bool) -> Model | None:
        """An array, or None; `distinct` when no two items may be equal."""
        if self._most is not None and self._most < self._least:
            return None
        rows = deque([Row(open=frozenset(self._demands), counts=(0,) * len(self._counted))])
        seen: set[object] = set()
        while rows:
            self._solver.clock.tick()
            row = rows.popleft()
            # Where items must differ, each way to the same state matters: it may hold other values.
            state = row if distinct else self._state(row)
            if state in seen:
                continue
            seen.add(state)
            try:
                found = self._complete(row, distinct)
            except UndecidedError as error:
                self._undecided = error
                continue
            if found is not None:
                return found
            # Items behind a row that is complete would only add to what its items must differ from.
            complete = self._is_met(row) and len(row.items) >= self._least
            if not complete and (self._most is None or len(row.items) < self._most):
                rows.extend(self._longer(row, distinct))
        if self._undecided:
            raise self._undecided
        return None

    def _state(self, row: Row) -> object:
        at = len(row.items)
        twin = row.items[self._twins[0]] if self._twins and self._twins[0] < at <= self._twins[1] else None
        return min(at, max(self._tail, self._least)), row.open, row.counts, twin

    def _is_met(self, row: Row) -> bool:
        enough = (
            count >= self._wanted.get(item, 0) for item, count in zip(self._counted, row.counts, strict=True)
        )
        return not row.open and all(enough)

    def _complete(self, row: Row, distinct: bool) -> Model | None:
        """The row's values, filled up to the shortest length where one item can be repeated for that."""
        missing = self._least - len(row.items)
        if not self._is_met(row) or (missing > 0 and (distinct or len(row.items) < self._tail)):
            return None
        items = row.items
        if missing > 0:
            neutral = next((more for more in self._longer(row, distinct) if more.counts == row.counts), None)
            if neutral is None:
                return None
            if self._least > _LONGEST:
                raise UndecidedError("the smallest array is too long to be written down")
            items += neutral.items[-1:] * missing
        models = (
            unique.values(self._solver, items) if distinct else [self._solver.model(item) for item in items]
        )
        if models is None:
            return None
        held = [model for model in models if model is not None]
        return Model([model.value for model in held], 1 + sum(model.size for model in held))

    def _longer(self, row: Row, distinct: bool) -> Iterator[Row]:
        """The row with one item more, in each way that matters."""
        at = len(row.items)
        rules = [item for start, end, item in self._rules if start <= at and (end is None or at < end)]
        if self._twins and at == self._twins[1]:
            rules.append(row.items[self._twins[0]])
        wanted = [demand for demand in row.open if demand[0] <= at and (demand[1] is None or at < demand[1])]
        # A predicate without an upper limit is a demand as well: items that hold by chance need no counting.
        hoped = [
            number
            for number, item in enumerate(self._counted)
            if item not in self._allowed and row.counts[number] < self._wanted.get(item, 0)
        ]
        limited = [number for number, item in enumerate(self._counted) if item in self._allowed]
        if len(wanted) + len(hoped) + len(limited) > _MOST_PREDICATES:
            raise UndecidedError("too many conditions on single items at once")
        wanted.sort(key=lambda demand: demand[2].order)
        taken: list[frozenset[object]] = []
        for chosen in _subsets([*wanted, *hoped]):
            # To meet fewer demands than one could is of no use, unless another item depends on this one.
            if not (distinct or self._twins) and any(frozenset(chosen) < other for other in taken):
                continue
            for held in _subsets(limited):
                more = self._with_item(row, rules, chosen, [number for number in limited if number in held])
                if more is None or (self._is_idle(more, row) and at >= self._tail and not self._is_met(row)):
                    continue
                if not limited:
                    taken.append(frozenset(chosen))
                yield more

    def _is_idle(self, more: Row, row: Row) -> bool:
        return more.open == row.open and more.counts == row.counts

    def _with_item(
        self, row: Row, rules: list[Formula], chosen: Sequence[object], held: list[int]
    ) -> Row | None:
        parts = list(rules)
        counts = list(row.counts)
        met = set()
        for each in chosen:
            if isinstance(each, int):
                parts.append(self._counted[each])
                counts[each] += 1
            else:
                parts.append(each[2])  # type: ignore[index]
                met.add(each)
        for number, item in enumerate(self._counted):
            if item in self._allowed:
                parts.append(item if number in held else self._table.negate(item))
                counts[number] += number in held
                if counts[number] > self._allowed[item]:
                    return None
        item = self._table.all_of(parts)
        try:
            if self._solver.model(item) is None:
                return None
        except UndecidedError as error:
            self._undecided = error
            return None
        items = row.items
        if self._twins and len(items) == self._twins[1]:
            first = self._twins[0]
            items = (*items[:first], item, *items[first + 1 :])
        return replace(row, items=(*items, item), open=row.open - met, counts=tuple(counts))


def _subsets[T](items: Sequence[T]) -> Iterable[tuple[T, ...]]:
    """All subsets, the largest first."""
    return chain.from_iterable(combinations(items, size) for size in range(len(items), -1, -1))
