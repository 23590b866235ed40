"""Numbers that satisfy bounds and multiples: exact, complete, and as jsonschema-rs judges them."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import jsonschema_rs
import pytest

from cartsnitch_contracts.inclusion.clock import Clock, SpentError, UndecidedError
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.numbers import Number, exact, ready, values

INTEGER = frozenset({Fraction(1)})


def first(number: Number, count: int = 1_000) -> list[Any]:
    return list(islice(values(number, Clock(Budget())), count))


def tenths(*of: int) -> frozenset[Fraction]:
    return frozenset(Fraction(each, 10) for each in of)


def test_a_number_is_the_decimal_that_its_text_says():
    """A tenth is a tenth, however the JSON was read."""
    assert exact(0.1) == exact(Decimal("0.10")) == Fraction(1, 10)
    assert exact(1e30) == exact(10**30) == 10**30


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity"), Decimal("1e999999999")])
def test_a_number_that_json_cannot_hold_is_undecided(value):
    """No arithmetic is tried on what is no number, or has a billion digits."""
    with pytest.raises(UndecidedError):
        exact(value)


@pytest.mark.parametrize("text", ["0.1", "-2.50", "3", "1e30", "0.1000000000000000000001", "1e-400"])
def test_a_ready_value_keeps_every_digit(text):
    """What is handed out equals what was meant, as a type that JSON writers take."""
    value = ready(Fraction(text))

    assert exact(value) == Fraction(text)


def test_a_ready_value_is_as_plain_as_it_can_be():
    """Integers are integers, short decimals floats, and only the rest is a Decimal."""
    kinds = [type(ready(Fraction(text))) for text in ("4.0", "0.5", "0.1000000000000000000001")]

    assert kinds == [int, float, Decimal]


def test_simple_numbers_come_first():
    """A reader of a report sees 0 or 1 before 0.0001."""
    assert first(Number(), 3) == [0, 1, -1]
    assert first(Number(not_multiples=INTEGER), 2) == [0.1, -0.1]
    assert first(Number(low=Fraction(17), low_open=True), 1) == [18]


def test_integers_in_an_interval_are_counted():
    """Open and closed bounds differ by one value each."""
    bounds = {"low": Fraction(2), "high": Fraction(5), "multiples": INTEGER}

    assert sorted(first(Number(**bounds))) == [2, 3, 4, 5]
    assert sorted(first(Number(**bounds, low_open=True, high_open=True))) == [3, 4]
    assert first(Number(low=Fraction(5, 2), high=Fraction(29, 10), multiples=INTEGER)) == []


def test_between_two_bounds_there_are_always_more_decimals():
    """A narrow open interval is not empty, even one of 1e-30 that integers and tenths may not enter."""
    narrow = Number(
        low=Fraction(1), low_open=True, high=1 + Fraction(1, 10**30), high_open=True, not_multiples=tenths(1)
    )

    assert len(set(first(narrow, 50))) == 50


def test_an_interval_of_one_point_holds_one_number_if_it_is_closed():
    """2..2 holds 2; with either end open, or 2 forbidden, nothing."""
    at_two = {"low": Fraction(2), "high": Fraction(2)}

    assert first(Number(**at_two)) == [2]
    assert first(Number(**at_two, low_open=True)) == []
    assert first(Number(**at_two, not_multiples=INTEGER)) == []
    assert first(Number(low=Fraction(3), high=Fraction(2))) == []


def test_a_multiple_of_two_steps_is_a_multiple_of_their_least_common_one():
    """0.4 and 0.6 meet at 1.2."""
    number = Number(low=Fraction(0), high=Fraction(3), multiples=tenths(4, 6))

    assert first(number) == [0, 1.2, 2.4]


def test_whole_multiples_come_first():
    """A validator that rounds large decimals still judges them rightly; none comes twice."""
    found = first(Number(low=Fraction(10**300), low_open=True, multiples=tenths(1)), 10)

    assert found[0] == 10**300 + 1
    assert len(set(map(exact, found))) == 10


def test_multiples_within_forbidden_multiples_are_none():
    """All multiples of 0.6 are multiples of 0.3, which is proved without an end to the numbers."""
    assert first(Number(multiples=tenths(6), not_multiples=tenths(3))) == []
    assert first(Number(multiples=tenths(3), not_multiples=tenths(6)), 2) == [0.3, -0.3]


def test_constants_are_checked_against_all_the_rest():
    """Of an enum only those remain that the other keywords let through."""
    number = Number(
        low=Fraction(0),
        multiples=INTEGER,
        only=frozenset(map(Fraction, ("-1", "0", "0.5", "7"))),
        never=frozenset({Fraction(7)}),
    )

    assert first(number) == [0]


def test_a_number_of_thousands_of_digits_is_undecided():
    """It exists, but neither Python nor the validator would read it back."""
    with pytest.raises(UndecidedError):
        first(Number(low=Fraction(10**5000)), 1)


def test_an_endless_search_spends_its_budget():
    """Values that run out only after 60,000 steps are undecided, not a hang."""
    number = Number(
        low=Fraction(0),
        high=Fraction(60_000),
        multiples=INTEGER,
        never=frozenset(map(Fraction, range(60_000))),
    )

    with pytest.raises(SpentError):
        first(number, 1)


def _schema(number: Number) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"type": "number"}]
    if number.low is not None:
        parts.append({"exclusiveMinimum" if number.low_open else "minimum": ready(number.low)})
    if number.high is not None:
        parts.append({"exclusiveMaximum" if number.high_open else "maximum": ready(number.high)})
    parts += [{"multipleOf": ready(step)} for step in number.multiples]
    parts += [{"not": {"multipleOf": ready(step)}} for step in number.not_multiples]
    return {"allOf": parts}


@pytest.mark.parametrize("seed", range(150))
def test_the_validator_agrees_on_every_number_of_a_grid(seed):
    """What is yielded is exactly what jsonschema-rs accepts, of all tenths from -4 to 4."""
    dice = random.Random(seed)  # noqa: S311 - a seeded test
    number = Number(
        low=Fraction(dice.randint(-40, 10), 10),
        low_open=dice.random() < 0.5,
        high=Fraction(dice.randint(-10, 40), 10),
        high_open=dice.random() < 0.5,
        multiples=tenths(*dice.sample([1, 2, 3, 5, 10, 15], dice.randint(0, 2))),
        not_multiples=tenths(*dice.sample([1, 2, 4, 5, 7, 10], dice.randint(0, 2))),
    )
    judge = jsonschema_rs.Draft202012Validator(_schema(number))

    found = {exact(value) for value in first(number, 400)}

    grid = {Fraction(each, 10) for each in range(-40, 41)}
    accepted = {value for value in grid if judge.is_valid(ready(value))}
    assert all(judge.is_valid(ready(value)) for value in found)
    if number.multiples:
        assert found == accepted
    else:
        assert bool(found) >= bool(accepted)
