"""Receipts and their lines."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, literal
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, utc_now
from cartsnitch_common.models.money import Exact, Money
from cartsnitch_common.models.store import Store, StoreLocation
from cartsnitch_common.models.types import UtcDateTime, json_type
from cartsnitch_common.models.user import User

if TYPE_CHECKING:
    from cartsnitch_common.models.price import PriceHistory
    from cartsnitch_common.models.product import NormalizedProduct


class Purchase(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """A receipt; `receipt_id` is the store's own and unique there. `raw_data` keeps what the store sent."""

    __tablename__ = "purchases"
    __table_args__ = (UniqueConstraint("store_id", "receipt_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="RESTRICT"))
    store_location_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("store_locations.id", ondelete="RESTRICT"), index=True
    )
    receipt_id: Mapped[str] = mapped_column(String(200))
    purchase_date: Mapped[date]
    total: Mapped[Decimal] = mapped_column(Money())
    subtotal: Mapped[Decimal | None] = mapped_column(Money())
    tax: Mapped[Decimal | None] = mapped_column(Money())
    savings_total: Mapped[Decimal | None] = mapped_column(Money())
    source_url: Mapped[str | None] = mapped_column(String(500))
    raw_data: Mapped[dict[str, Any] | None] = mapped_column(json_type())
    ingested_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, server_default=func.now())

    user: Mapped[User] = relationship(back_populates="purchases")
    store: Mapped[Store] = relationship(back_populates="purchases")
    store_location: Mapped[StoreLocation | None] = relationship(back_populates="purchases")
    items: Mapped[list["PurchaseItem"]] = relationship(
        back_populates="purchase", cascade="all, delete-orphan", passive_deletes=True
    )


class PurchaseItem(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """One line of a receipt; prices in dollars, discounts as positive dollars."""

    __tablename__ = "purchase_items"

    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchases.id", ondelete="CASCADE"), index=True)
    product_name_raw: Mapped[str] = mapped_column(String(300))
    upc: Mapped[str | None] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(
        Exact(10, 3), default=Decimal(1), server_default=literal(1, Exact(10, 3))
    )
    unit_price: Mapped[Decimal] = mapped_column(Money())
    extended_price: Mapped[Decimal] = mapped_column(Money())
    regular_price: Mapped[Decimal | None] = mapped_column(Money())
    sale_price: Mapped[Decimal | None] = mapped_column(Money())
    coupon_discount: Mapped[Decimal | None] = mapped_column(Money())
    loyalty_discount: Mapped[Decimal | None] = mapped_column(Money())
    category_raw: Mapped[str | None] = mapped_column(String(100))
    normalized_product_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("normalized_products.id", ondelete="RESTRICT"), index=True
    )

    purchase: Mapped[Purchase] = relationship(back_populates="items")
    normalized_product: Mapped["NormalizedProduct | None"] = relationship(back_populates="purchase_items")
    price_history_entries: Mapped[list["PriceHistory"]] = relationship(
        back_populates="purchase_item", passive_deletes=True
    )
