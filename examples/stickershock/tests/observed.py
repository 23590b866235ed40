"""Prices as tests need them."""

from datetime import date, timedelta
from uuid import UUID

from cartsnitch_common.constants import PriceSource, StoreSlug
from cartsnitch_common.models import new_id, utc_now
from cartsnitch_common.schemas.events import PriceUpdate
from cartsnitch_common.schemas.rest import SETTLING, ObservedPrice

FIRST = date(2026, 3, 1)


def seen(
    product_id: UUID, *prices: str, store: StoreSlug = StoreSlug.KROGER, **fields: object
) -> list[PriceUpdate]:
    """One sighting a day of each regular price."""
    return [
        PriceUpdate(
            price_history_id=new_id(),
            normalized_product_id=product_id,
            store_slug=store,
            observed_date=FIRST + timedelta(days=day),
            regular_price=price,
            source=PriceSource.RECEIPT,
            **fields,
        )
        for day, price in enumerate(prices)
    ]


def served(prices: list[PriceUpdate]) -> list[ObservedPrice]:
    """The same, as `GET /prices` has them."""
    moment = utc_now() - 2 * SETTLING
    return [ObservedPrice(**price.model_dump(), created_at=moment) for price in prices]
