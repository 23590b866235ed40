"""Prices as they were observed."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import PriceSource
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.money import Money
from cartsnitch_common.models.product import NormalizedProduct
from cartsnitch_common.models.purchase import PurchaseItem
from cartsnitch_common.models.store import Store
from cartsnitch_common.models.types import OpenEnum


class PriceHistory(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """One product's prices at one store on one day; it outlives the receipt that it was read from."""

    __tablename__ = "price_history"
    __table_args__ = (
        Index(None, "normalized_product_id", "store_id", "observed_date"),
        enum_check("source", PriceSource),
    )

    normalized_product_id: Mapped[UUID] = mapped_column(
        ForeignKey("normalized_products.id", ondelete="RESTRICT")
    )
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="RESTRICT"), index=True)
    observed_date: Mapped[date]
    regular_price: Mapped[Decimal] = mapped_column(Money())
    sale_price: Mapped[Decimal | None] = mapped_column(Money())
    loyalty_price: Mapped[Decimal | None] = mapped_column(Money())
    coupon_price: Mapped[Decimal | None] = mapped_column(Money())
    source: Mapped[str] = mapped_column(OpenEnum(PriceSource))
    purchase_item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("purchase_items.id", ondelete="SET NULL"), index=True
    )

    normalized_product: Mapped[NormalizedProduct] = relationship(back_populates="price_histories")
    store: Mapped[Store] = relationship(back_populates="price_histories")
    purchase_item: Mapped[PurchaseItem | None] = relationship(back_populates="price_history_entries")
