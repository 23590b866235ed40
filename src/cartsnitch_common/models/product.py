"""Products as the platform knows them, across stores."""

from typing import TYPE_CHECKING

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import ProductCategory, SizeUnit
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.types import OpenEnum, json_type

if TYPE_CHECKING:
    from cartsnitch_common.models.coupon import Coupon
    from cartsnitch_common.models.price import PriceHistory
    from cartsnitch_common.models.purchase import PurchaseItem
    from cartsnitch_common.models.shrinkflation import ShrinkflationEvent


class NormalizedProduct(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """A product; `upc_variants` lists every code that it was seen under (digits, as printed)."""

    __tablename__ = "normalized_products"
    __table_args__ = (
        enum_check("category", ProductCategory),
        enum_check("size_unit", SizeUnit),
        Index(None, "upc_variants", postgresql_using="gin"),
    )

    canonical_name: Mapped[str] = mapped_column(String(300))
    category: Mapped[str | None] = mapped_column(OpenEnum(ProductCategory))
    subcategory: Mapped[str | None] = mapped_column(String(100))
    brand: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[str | None] = mapped_column(String(50))
    size_unit: Mapped[str | None] = mapped_column(OpenEnum(SizeUnit))
    upc_variants: Mapped[list[str]] = mapped_column(json_type(), default=list, server_default=text("'[]'"))

    purchase_items: Mapped[list["PurchaseItem"]] = relationship(
        back_populates="normalized_product", passive_deletes="all"
    )
    price_histories: Mapped[list["PriceHistory"]] = relationship(
        back_populates="normalized_product", passive_deletes="all"
    )
    coupons: Mapped[list["Coupon"]] = relationship(back_populates="normalized_product", passive_deletes="all")
    shrinkflation_events: Mapped[list["ShrinkflationEvent"]] = relationship(
        back_populates="normalized_product", passive_deletes="all"
    )
