"""How prices moved, by category."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

from cartsnitch_common.schemas.rest import CategoryInflation, Inflation, InflationQuery
from stickershock.ledger import Ledger
from stickershock.rises import MOST_PERCENT
from stickershock.sightings import Sighting


@dataclass(frozen=True)
class Move:
    """How a product's price moved at a chain, as a part of what it was; purchases are its weight."""

    product_id: UUID
    change: Fraction
    weight: int


async def inflation_of(ledger: Ledger, query: InflationQuery, since: date, until: date) -> Inflation:
    """From each product's first day within the time to its last, at each chain, weighted by sightings.

    The consumer price index is not known here.
    """
    categories: dict[str, list[Move]] = defaultdict(list)
    async for category, move in _moves(ledger, query, since, until):
        categories[category].append(move)
    return Inflation(
        since=since,
        until=until,
        overall_percent_change=_percent([move for moves in categories.values() for move in moves]),
        categories=[
            CategoryInflation(
                category=category,
                percent_change=percent,
                product_count=len({move.product_id for move in moves}),
            )
            for category, moves in sorted(categories.items())
            if (percent := _percent(moves)) is not None
        ],
    )


async def _moves(
    ledger: Ledger, query: InflationQuery, since: date, until: date
) -> AsyncIterator[tuple[str, Move]]:
    shelves = [shelf for shelf in await ledger.shelves() if query.store_slug in {None, shelf.store}]
    products = await ledger.products(shelf.product_id for shelf in shelves)
    for shelf, sightings in (await ledger.sightings(shelves, since, until)).items():
        product = products.get(shelf.product_id)
        by_day = _by_day(sightings)
        if product is None or query.category not in {None, product.category} or len(by_day) < 2:
            continue
        change = _mean(by_day[max(by_day)]) / _mean(by_day[min(by_day)]) - 1
        if change * 100 <= MOST_PERCENT:
            yield product.category, Move(shelf.product_id, change, sum(map(len, by_day.values())))


def _by_day(sightings: Iterable[Sighting]) -> Mapping[date, list[Decimal]]:
    days: dict[date, list[Decimal]] = defaultdict(list)
    for sighting in sightings:
        if sighting.price > 0:
            days[sighting.day].append(sighting.price)
    return days


def _mean(prices: list[Decimal]) -> Fraction:
    return sum(map(Fraction, prices), Fraction()) / len(prices)


def _percent(moves: list[Move]) -> Decimal | None:
    if not moves:
        return None
    moved = sum((move.change * move.weight for move in moves), Fraction())
    mean = moved / sum(move.weight for move in moves) * 100
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
