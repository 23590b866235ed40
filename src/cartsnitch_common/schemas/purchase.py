"""Purchases and their lines."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import (
    JsonObject,
    Money,
    Quantity,
    SoldQuantity,
    Text100,
    Text200,
    Text300,
    Upc,
    Url,
    UtcDateTime,
)


class PurchaseItemCreate(RequestBody):
    """One line of a receipt; prices in dollars, discounts as positive dollars."""

    product_name_raw: Text300
    upc: Upc | None = None
    quantity: SoldQuantity = Decimal("1.000")
    unit_price: Money
    extended_price: Money
    regular_price: Money | None = None
    sale_price: Money | None = None
    coupon_discount: Money | None = None
    loyalty_discount: Money | None = None
    category_raw: Text100 | None = None
    normalized_product_id: UUID | None = None


class PurchaseItemRead(RowRead):
    """One line of a receipt, as stored."""

    purchase_id: UUID
    product_name_raw: str
    upc: str | None = None
    quantity: Quantity
    unit_price: Money
    extended_price: Money
    regular_price: Money | None = None
    sale_price: Money | None = None
    coupon_discount: Money | None = None
    loyalty_discount: Money | None = None
    category_raw: str | None = None
    normalized_product_id: UUID | None = None


class PurchaseCreate(RequestBody):
    """A receipt; `receipt_id` is the store's own and unique there. `raw_data` keeps what the store sent."""

    user_id: UUID
    store_id: UUID
    store_location_id: UUID | None = None
    receipt_id: Text200
    purchase_date: date
    total: Money
    subtotal: Money | None = None
    tax: Money | None = None
    savings_total: Money | None = None
    source_url: Url | None = None
    raw_data: JsonObject | None = None
    items: Annotated[list[PurchaseItemCreate], Field(default_factory=list)]


class PurchaseRead(RowRead):
    """A receipt, as stored, with its lines."""

    user_id: UUID
    store_id: UUID
    store_location_id: UUID | None = None
    receipt_id: str
    purchase_date: date
    total: Money
    subtotal: Money | None = None
    tax: Money | None = None
    savings_total: Money | None = None
    source_url: str | None = None
    raw_data: dict[str, Any] | None = None
    ingested_at: UtcDateTime
    items: list[PurchaseItemRead]
