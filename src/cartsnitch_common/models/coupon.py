"""Coupons."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import DiscountType
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.money import Money
from cartsnitch_common.models.product import NormalizedProduct
from cartsnitch_common.models.store import Store
from cartsnitch_common.models.types import OpenEnum, UtcDateTime


class Coupon(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """An offer; `discount_value` is a percentage for `percent` and dollars for `fixed`."""

    __tablename__ = "coupons"
    __table_args__ = (enum_check("discount_type", DiscountType),)

    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="RESTRICT"), index=True)
    normalized_product_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("normalized_products.id", ondelete="RESTRICT"), index=True
    )
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(String(1000))
    discount_type: Mapped[str] = mapped_column(OpenEnum(DiscountType))
    discount_value: Mapped[Decimal | None] = mapped_column(Money())
    min_purchase: Mapped[Decimal | None] = mapped_column(Money())
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    requires_clip: Mapped[bool] = mapped_column(default=False, server_default=false())
    coupon_code: Mapped[str | None] = mapped_column(String(100))
    source_url: Mapped[str | None] = mapped_column(String(500))
    scraped_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    store: Mapped[Store] = relationship(back_populates="coupons")
    normalized_product: Mapped[NormalizedProduct | None] = relationship(back_populates="coupons")
