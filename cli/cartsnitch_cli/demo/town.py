"""The market that the demo shows: a few households, and increases that are planted."""

from itertools import islice
from typing import Final

from cartsnitch_fixtures.market import Market
from cartsnitch_fixtures.market.planting import plant_increases

PLANTED: Final = 8
_HOUSEHOLDS: Final = 20


def town(seed: int, receipts: int) -> Market:
    """A market of at least so many receipts, in which prices rise only as planted, and in all shops alike."""
    households = _HOUSEHOLDS
    while True:
        market = Market(seed, households=households, regions=1, inflation=False)
        if sum(1 for _ in islice(market.trips(), receipts)) == receipts:
            plant_increases(market, PLANTED)
            return market
        households *= 2
