"""Different values for several formulas, and a proof where there are too few."""

from fractions import Fraction

import pytest

from cartsnitch_contracts.inclusion.clock import Clock
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.formula import Type
from cartsnitch_contracts.inclusion.solver import Solver
from cartsnitch_contracts.inclusion.table import Formulas
from cartsnitch_contracts.inclusion.unique import key, values


@pytest.fixture
def solver():
    """A solver of plain formulas."""
    return Solver(Formulas(), lambda _: pytest.fail("nothing is lazy here"), Clock(Budget()))


def one_of(solver, *numbers):
    """The value is one of these numbers."""
    table = solver.table
    listed = table.literal(Type.NUMBER, "in", frozenset(map(Fraction, numbers)))
    return table.all_of([table.types(Type.NUMBER), listed])


def test_each_gets_a_value_of_its_own(solver):
    """Whoever has one value only gets it."""
    formulas = [one_of(solver, 1, 2), one_of(solver, 1, 2, 3), one_of(solver, 1)]

    found = [model.value for model in values(solver, formulas)]

    assert found == [2, 3, 1]


def test_who_has_another_value_moves(solver):
    """The third place finds both of its values taken, until the first two have moved on."""
    formulas = [one_of(solver, 1, 2), one_of(solver, 2, 3), one_of(solver, 1, 2)]

    found = [model.value for model in values(solver, formulas)]

    assert set(found) == {1, 2, 3}
    assert found[1] == 3


def test_too_few_values_for_too_many_places_are_found_out(solver):
    """Three places share two values, although each alone has enough."""
    formulas = [one_of(solver, 1, 2), one_of(solver, 2, 1), one_of(solver, 1, 2), solver.table.true]

    assert values(solver, formulas) is None


def test_places_with_endless_values_are_never_in_the_way(solver):
    """Strings are enough for everybody."""
    texts = solver.table.types(Type.STRING)

    found = [model.value for model in values(solver, [texts] * 5 + [solver.table.name("a")])]

    assert len(set(found)) == 6


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ([1, 2], [2, 1], False),
        (0.1, 0.10, True),
        ({"a": None}, {}, False),
    ],
)
def test_values_are_equal_as_json_says(one, other, equal):
    """Numbers by what they are worth, objects in any order, booleans never as numbers."""
    assert (key(one) == key(other)) is equal
