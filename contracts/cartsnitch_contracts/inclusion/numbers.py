"""Numbers that satisfy a conjunction of bounds and multiples, exactly, as JSON Schema counts.

All arithmetic is on fractions of the decimal text. With a `multipleOf` the candidates are whole multiples
of one step, the least common multiple. Without one they are the finite decimals: between two different
bounds there are infinitely many, and no finite list of forbidden multiples can cover them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import ceil, floor, gcd, lcm

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError

_DIGITS = 4_000  # Python prints, and jsonschema-rs reads, no integer of more than 4,300
_TOO_LONG = 10**_DIGITS


@dataclass(frozen=True)
class Number:
    """What a number must be. "integer" is a multiple of 1, "not an integer" a multiple of 1 forbidden.

    Attributes:
        low_open: `low` itself is out.
        high_open: `high` itself is out.
        only: when given, nothing else is allowed.
    """

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    multiples: frozenset[Fraction] = frozenset()
    not_multiples: frozenset[Fraction] = frozenset()
    only: frozenset[Fraction] | None = None
    never: frozenset[Fraction] = frozenset()

    def holds(self, value: Fraction) -> bool:
        """Whether a value satisfies all of it."""
        return (
            (self.low is None or value > self.low or (value == self.low and not self.low_open))
            and (self.high is None or value < self.high or (value == self.high and not self.high_open))
            and all(not value % step for step in self.multiples)
            and all(value % step for step in self.not_multiples)
            and (self.only is None or value in self.only)
            and value not in self.never
        )


def exact(value: float | Decimal) -> Fraction:
    """The number that the JSON text says: 0.1 is a tenth, not the nearest binary fraction.

    Raises:
        UndecidedError: it is NaN, infinite, or would have thousands of digits.
    """
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _DIGITS):
        raise UndecidedError(f"the number {value} is not finite, or has thousands of digits")
    return Fraction(value)


def ready(value: Fraction) -> int | float | Decimal:
    """The value as JSON writes it: an integer, a float whose text is exact, else a Decimal.

    Raises:
        UndecidedError: it would have thousands of digits.
    """
    if max(abs(value.numerator), value.denominator) >= _TOO_LONG:
        raise UndecidedError("a number would have thousands of digits")
    if value.denominator == 1:
        return value.numerator
    nearest = float(value) if abs(value) < 10**300 else 0.0
    if Fraction(repr(nearest)) == value:
        return nearest
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return Decimal(f"{(value * 10**places).numerator}e-{places}")


def values(number: Number, clock: Clock) -> Iterator[int | float | Decimal]:
    """Yield the distinct numbers that satisfy a conjunction, simple ones first, until there are no more.

    Raises:
        UndecidedError: a number would have thousands of digits.
    """
    for value in _candidates(number, clock):
        clock.tick()
        if number.holds(value):
            yield ready(value)


def _candidates(number: Number, clock: Clock) -> Iterator[Fraction]:
    """Every number within the bounds that may satisfy the rest, each once."""
    low, high = number.low, number.high
    if number.only is not None:
        yield from sorted(number.only, key=lambda value: (abs(value), value < 0))
    elif number.multiples:
        step = _least_common(number.multiples)
        if not any(step % forbidden == 0 for forbidden in number.not_multiples):
            # Whole numbers first: beyond 2**53 jsonschema-rs rounds others.
            whole = list(islice(_steps(number, _least_common(number.multiples | {Fraction(1)})), 4))
            yield from whole
            yield from (value for value in _steps(number, step) if value not in whole)
    elif low is not None and high is not None and low >= high:
        if low == high:
            yield low
    else:
        yield from _decimals(number, clock)


def _least_common(steps: frozenset[Fraction]) -> Fraction:
    """The smallest number that is a whole multiple of each step."""
    over = lcm(*(step.numerator for step in steps))
    return Fraction(over, gcd(*(step.denominator for step in steps)))


def _steps(number: Number, step: Fraction) -> Iterator[Fraction]:
    """The multiples of one step between the bounds, the nearest to zero first."""
    first = None if number.low is None else ceil(number.low / step)
    last = None if number.high is None else floor(number.high / step)
    if first is not None and last is not None and first > last:
        return
    if (first is None or first <= 0) and (last is None or last >= 0):
        yield Fraction(0)
    up = max(1, first or 1)
    down = min(-1, last or -1)
    while (last is None or up <= last) or (first is None or down >= first):
        if last is None or up <= last:
            yield up * step
            up += 1
        if first is None or down >= first:
            yield down * step
            down -= 1


def _decimals(number: Number, clock: Clock) -> Iterator[Fraction]:
    """The finite decimals between the bounds: a few of few places, then of more places, and round again."""
    levels: list[Iterator[Fraction]] = []
    places = 0
    while True:
        clock.tick()
        step = Fraction(1, 10**places)
        levels.append(_new(_steps(number, step), step * 10 if places else None))
        places += 1
        for level in list(levels):
            some = list(islice(level, 8))
            if len(some) < 8:
                levels.remove(level)
            yield from some


def _new(level: Iterator[Fraction], coarser: Fraction | None) -> Iterator[Fraction]:
    """The values that no level of fewer places holds."""
    return (value for value in level if coarser is None or value % coarser)
