"""Coupons."""

from datetime import date
from uuid import UUID

from cartsnitch_common.constants import DiscountType
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import (
    Money,
    OpenDiscountType,
    Text100,
    Text300,
    Text1000,
    Url,
    UtcDateTime,
)


class CouponCreate(RequestBody):
    """An offer; `discount_value` is a percentage for `percent` and dollars for `fixed`."""

    store_id: UUID
    normalized_product_id: UUID | None = None
    title: Text300
    description: Text1000 | None = None
    discount_type: DiscountType
    discount_value: Money | None = None
    min_purchase: Money | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    requires_clip: bool = False
    coupon_code: Text100 | None = None
    source_url: Url | None = None
    scraped_at: UtcDateTime | None = None


class CouponRead(RowRead):
    """An offer, as stored."""

    store_id: UUID
    normalized_product_id: UUID | None = None
    title: str
    description: str | None = None
    discount_type: OpenDiscountType
    discount_value: Money | None = None
    min_purchase: Money | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    requires_clip: bool
    coupon_code: str | None = None
    source_url: str | None = None
    scraped_at: UtcDateTime | None = None
