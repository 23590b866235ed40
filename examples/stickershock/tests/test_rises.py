"""The rule: when a price has risen, and when it only looks so."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cartsnitch_common.models import new_id
from stickershock.rises import find_rises
from stickershock.sightings import Sighting

FIRST = date(2026, 3, 1)


def sightings(*prices, start=FIRST):
    """One a day."""
    return [
        Sighting(start + timedelta(days=day), Decimal(price), new_id()) for day, price in enumerate(prices)
    ]


def found(seen, percent=2):
    """Old and new price of every rise."""
    return [(str(rise.old_price), str(rise.new_price)) for rise in find_rises(seen, percent=Decimal(percent))]


def test_a_price_that_replaces_a_lower_one_has_risen():
    """What it was, when that was last seen, and the first sighting of the new one."""
    seen = sightings(*["3.49"] * 6, *["3.99"] * 3)

    (rise,) = find_rises(seen, percent=Decimal(2))

    assert (rise.id, rise.percent) == (seen[6].id, Decimal("14.33"))
    assert (rise.previous_observed_date, rise.observed_date) == (seen[5].day, seen[6].day)


def test_the_order_of_arrival_does_not_matter():
    """Late messages and redelivered ones come in any order."""
    seen = sightings(*["3.49"] * 6, *["3.99"] * 3)
    shuffled = random.Random(7).sample(seen, len(seen))  # noqa: S311 - an order of a test's

    assert list(find_rises(shuffled, percent=Decimal(2))) == list(find_rises(seen, percent=Decimal(2)))


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param(["3.49", "3.99"] * 8, id="another region asks more"),
        pytest.param([*["3.49"] * 8, *["3.99"] * 7, "3.49"], id="the old price is still asked"),
        pytest.param([*["3.49"] * 3, *["3.99"] * 3], id="too few to tell"),
        pytest.param([*["3.99"] * 8, *["3.49"] * 8], id="it fell"),
        pytest.param([*["3.49"] * 8, *["3.50"] * 8], id="a cent more"),
        pytest.param(["0.00"] * 8 + ["3.50"] * 8, id="it was free"),
        pytest.param(["0.05"] * 8 + ["5.00"] * 8, id="misread by a factor of a hundred"),
        pytest.param([], id="nothing seen"),
    ],
)
def test_what_only_looks_like_a_rise_is_none(prices):
    """One tale for each."""
    assert found(sightings(*prices)) == []


def test_each_step_of_a_price_is_a_rise():
    """From what was asked just before, not from the start."""
    seen = sightings(*["3.00"] * 8, *["3.30"] * 8, *["3.60"] * 8)

    assert found(seen) == [("3.00", "3.30"), ("3.30", "3.60")]


def test_a_rise_in_one_region_is_seen_beside_the_other():
    """The price of the region that keeps it is no hindrance."""
    seen = sightings(*["3.49", "4.29"] * 8, *["3.79", "4.29"] * 8)

    assert found(seen) == [("3.49", "3.79")]


def test_what_was_asked_long_ago_tells_nothing():
    """Half a year later nobody knows when it changed."""
    seen = sightings(*["3.49"] * 9) + sightings(*["3.99"] * 9, start=date(2026, 12, 1))

    assert found(seen) == []


def test_sightings_at_the_ends_of_the_calendar_are_fine():
    """A contract's date may be any."""
    assert found([Sighting(day, Decimal(1), new_id()) for day in (date.min, date.max)]) == []
