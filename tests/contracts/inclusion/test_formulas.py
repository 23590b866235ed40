"""Formulas: one object for what is equal, and falsehood where it is plain to see."""

import pytest

from cartsnitch_contracts.inclusion.formula import ANY, Type
from cartsnitch_contracts.inclusion.table import Formulas


@pytest.fixture
def table():
    """An empty table."""
    return Formulas()


def test_equal_formulas_are_one_object(table):
    """In whatever order their parts come, and however they are nested."""
    a, b, c = (table.lazy(name) for name in "abc")

    assert table.all_of([a, b, c]) is table.all_of([c, table.all_of([b, a]), a])
    assert table.any_of([a, b, c]) is table.any_of([c, table.any_of([b, a]), a])


def test_a_part_and_its_opposite_are_false_together_and_true_apart(table):
    """Also where nobody knows what it means."""
    for part in (table.lazy("a"), table.opaque("b", "unknown"), table.types(Type.NULL)):
        assert table.all_of([part, table.negate(part)]) is table.false
        assert table.any_of([part, table.negate(part)]) is table.true


def test_the_opposite_of_a_literal_keeps_to_its_type(table):
    """What is not "at least 3" is a number; "x" is neither the one nor the other."""
    least = table.literal(Type.NUMBER, "at least", 3)

    opposite = table.negate(least)

    assert opposite is table.all_of([table.types(Type.NUMBER), table.opposite(least)])
    assert table.negate(opposite) is least
    assert table.all_of([least, opposite]) is table.false


def test_a_literal_and_its_opposite_leave_the_other_types(table):
    """No number is at least 3 and less; everything else is both."""
    least = table.literal(Type.NUMBER, "at least", 3)

    assert table.all_of([least, table.opposite(least)]) is table.types(ANY & ~Type.NUMBER)


def test_literals_of_two_types_leave_nothing_out(table):
    """Each value is of another type than one of them speaks of."""
    number, text = table.literal(Type.NUMBER, "at least", 3), table.literal(Type.STRING, "longer", 2)

    assert table.any_of([number, text]) is table.true
    assert table.any_of([number, table.types(Type.NUMBER)]) is table.true
    assert table.any_of([number, table.types(Type.NULL)]) is number


def test_constants_are_joined(table):
    """Two lists have in common what both list, less what is excluded; none in common is false."""
    text = table.types(Type.STRING)
    either, other = table.name("a", "b", "c"), table.name("b", "c", "d")

    assert table.all_of([text, either, other]) is table.all_of([text, table.name("b", "c")])
    assert table.all_of([text, table.name("a"), table.name("b")]) is table.false
    assert table.all_of([text, table.name("a"), table.opposite(table.name("a", "x"))]) is table.false


def test_what_says_nothing_is_truth(table):
    """No shortest length, no item demanded of an empty range, every property being anything."""
    assert table.literal(Type.STRING, "longer", 0) is table.true
    assert table.some_item(2, 2, table.lazy("a"), positive=False) is table.true
    assert table.every_item(0, None, table.true) is table.true
    assert table.every_property(table.name("a"), table.true) is table.true
    assert table.count(table.lazy("a"), 0) is table.true


def test_what_no_array_or_object_is_leaves_the_other_types(table):
    """An item that cannot be is in no array."""
    assert table.some_item(0, None, table.false) is table.types(ANY & ~Type.ARRAY)
    assert table.some_property(table.name("a"), table.false) is table.types(ANY & ~Type.OBJECT)
    assert table.every_item(3, None, table.false) is table.literal(Type.ARRAY, "length", 4, positive=False)
