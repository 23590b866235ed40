"""Prices as they were observed."""

from datetime import date
from uuid import UUID

from cartsnitch_common.constants import PriceSource
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import Money, OpenPriceSource


class PriceHistoryCreate(RequestBody):
    """One product's prices at one store on one day, in dollars a piece (or a pound, where it is weighed)."""

    normalized_product_id: UUID
    store_id: UUID
    observed_date: date
    regular_price: Money
    sale_price: Money | None = None
    loyalty_price: Money | None = None
    coupon_price: Money | None = None
    source: PriceSource
    purchase_item_id: UUID | None = None


class PriceHistoryRead(RowRead):
    """An observed price, as stored."""

    normalized_product_id: UUID
    store_id: UUID
    observed_date: date
    regular_price: Money
    sale_price: Money | None = None
    loyalty_price: Money | None = None
    coupon_price: Money | None = None
    source: OpenPriceSource
    purchase_item_id: UUID | None = None
