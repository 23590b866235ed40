"""When a price has risen: the one rule of this service.

A price is told with its chain, not with its shop, and a chain may ask two prices at once, in two regions. So
a higher price alone proves nothing. What tells a rise from a second region is the order: if both prices were
asked all along, sightings of the two would mix. That all of `m` sightings of the lower come before all of `n`
of the higher happens by chance once in C(m + n, m) times. Where that is rare enough, the one replaced the
other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import comb
from typing import Final
from uuid import UUID

from stickershock.sightings import Sighting

ODDS: Final = 50
"""Once in so many times may chance look like a rise."""
JUDGED: Final = timedelta(weeks=26)
"""What was seen longer before the latest sighting tells nothing of today's price."""
MOST_PERCENT: Final = Decimal(1000)
"""A larger increase is a misread price."""


@dataclass(frozen=True)
class Rise:
    """A regular price that was replaced by a higher one, which was first seen as `id`."""

    id: UUID
    old_price: Decimal
    new_price: Decimal
    previous_observed_date: date
    observed_date: date

    @property
    def percent(self) -> Decimal:
        """By how much, to two places."""
        return ((self.new_price / self.old_price - 1) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def is_same_as(self, other: "Rise") -> bool:
        """Whether both are one: they lead to one price, and may have happened on one day.

        Two regions may rise on one day: of a chain's alerts of a day the readers of the event take the first.
        """
        return self.observed_date == other.observed_date or (
            self.new_price == other.new_price
            and self.previous_observed_date < other.observed_date
            and other.previous_observed_date < self.observed_date
        )


@dataclass(frozen=True)
class _Level:
    """One price, and when it was seen."""

    price: Decimal
    first: Sighting
    last: Sighting
    count: int


def find_rises(sightings: Iterable[Sighting], *, percent: Decimal, odds: int = ODDS) -> Iterator[Rise]:
    """The rises by `percent` or more that sightings of one shelf show, in whatever order they come."""
    levels = _levels(sorted(sightings))
    for old in levels:
        after = [new for new in levels if new.price > old.price > 0 and new.first.day > old.last.day]
        if not after:
            continue
        new = min(after, key=lambda level: level.first)
        rise = Rise(new.first.id, old.price, new.price, old.last.day, new.first.day)
        is_sure = comb(old.count + new.count, new.count) >= odds
        if is_sure and percent <= rise.percent <= MOST_PERCENT and _is_nearest(old, new, levels):
            yield rise


def _levels(sightings: Sequence[Sighting]) -> list[_Level]:
    by_price: dict[Decimal, list[Sighting]] = {}
    for sighting in sightings:
        if sightings[-1].day - sighting.day <= JUDGED:
            by_price.setdefault(sighting.price, []).append(sighting)
    return [_Level(price, seen[0], seen[-1], len(seen)) for price, seen in by_price.items()]


def _is_nearest(old: _Level, new: _Level, levels: Iterable[_Level]) -> bool:
    """Whether no other lower price was asked between the two."""
    return not any(
        old.last < other.last and other.last.day < new.first.day and other.price < new.price
        for other in levels
    )
