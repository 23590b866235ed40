"""Names that nobody tells apart: all that match the same patterns, apart from the names spoken of singly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cartsnitch_contracts.inclusion.formula import All, Formula, Literal, Type
from cartsnitch_contracts.inclusion.oracle import Oracle

type Rule = tuple[Formula, Formula]


@dataclass(frozen=True)
class Cell:
    """Names that no literal tells apart (they are `within` these formulas), and what their values are."""

    names: Formula
    value: Formula
    within: frozenset[Formula]


def cells(
    solver: Oracle, apart: frozenset[str], rules: Sequence[Rule], wanted: Iterable[Formula]
) -> list[Cell]:
    """The cells of all names but those that stand apart; cells that may not occur are left out.

    Args:
        rules: formulas of names, and what holds for the value of each such name.
        wanted: further formulas of names that a cell is to be within or without.
    """
    table = solver.table
    # Rules that forbid a name altogether go first: their cells need not be split any further.
    split_by = sorted(rules, key=lambda rule: rule[1] is not table.false)
    split_by += [(names, table.true) for names in wanted]
    key = (apart, *split_by)
    known: list[Cell] | None = solver.cells.get(key)
    if known is None:
        others = table.literal(Type.STRING, "in", apart, positive=False)
        known = [Cell(table.both(table.types(Type.STRING), others), table.true, frozenset())]
        for rule in split_by:
            known = [part for cell in known for part in _split(solver, cell, *rule)]
        solver.cells[key] = known
    return known


def _split(solver: Oracle, cell: Cell, names: Formula, value: Formula) -> Iterator[Cell]:
    solver.clock.tick()
    join, allowed = solver.table.both, solver.table.both(cell.value, value)
    if names in cell.within:
        parts = [Cell(cell.names, allowed, cell.within)]
    else:
        inside = Cell(join(cell.names, names), allowed, cell.within | {names})
        outside = Cell(join(cell.names, solver.table.negate(names)), cell.value, cell.within)
        parts = [part for part in (outside, inside) if solver.name(part.names)]
    yield from (part for part in parts if part.value is not solver.table.false)


def listed(names: Formula) -> Iterator[str]:
    """The names that a formula lists one by one."""
    for part in names.parts if isinstance(names, All) else (names,):
        if isinstance(part, Literal) and part.kind == "in" and part.positive:
            yield from part.argument
