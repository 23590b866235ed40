"""What the service finds in a market, held against what is true there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import NAMESPACE_URL, uuid5

import pytest

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import new_id
from cartsnitch_common.schemas.events import PriceIncreaseAlert
from cartsnitch_fixtures.market import Market
from cartsnitch_fixtures.market.planting import plant_increases
from stickershock.sightings import SeenPrice

pytestmark = pytest.mark.anyio
PLANTED = 20


@dataclass(frozen=True)
class Told:
    """An alert, in the words of the market."""

    code: str
    store: StoreSlug
    new_price: Decimal
    observed_date: date


@pytest.mark.parametrize("seed", [1, 7])
async def test_what_rises_is_found_and_nothing_else(watch, receiptwitness, published_events, seed):
    """Two price regions, sales, coupons: of 20 alerts 1 may be noise, of 5 shown rises 1 missed."""
    market = Market(seed, households=60, regions=2, inflation=False)
    plant_increases(market, PLANTED)
    receipts = list(market.receipts())
    sold = (line.product for receipt in receipts for line in receipt.lines)
    products = {uuid5(NAMESPACE_URL, product.code): product for product in sold}
    for product_id, product in products.items():
        receiptwitness.add({"id": str(product_id), "canonical_name": product.name}, to="/products")

    for _, day in groupby(receipts, attrgetter("purchase_date")):
        await watch.see([price for receipt in day for price in _prices(receipt)])

    alerts = [
        Told(
            products[alert.normalized_product_id].code, alert.store_slug, alert.new_price, alert.observed_date
        )
        for alert in (event.payload for event in published_events.of(PriceIncreaseAlert))
    ]
    score = market.truth.shown_by(receipts).score(alerts)
    assert score.precision >= 0.95
    assert score.recall >= 0.8


def _prices(receipt):
    """One sighting of each product on the receipt."""
    return [
        SeenPrice(
            price_history_id=new_id(),
            normalized_product_id=uuid5(NAMESPACE_URL, line.product.code),
            store_slug=receipt.store,
            observed_date=receipt.purchase_date,
            regular_price=line.regular_price,
        )
        for line in receipt.lines
    ]
