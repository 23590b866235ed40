"""Retail chains and their shops."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.types import OpenEnum

if TYPE_CHECKING:
    from cartsnitch_common.models.coupon import Coupon
    from cartsnitch_common.models.price import PriceHistory
    from cartsnitch_common.models.purchase import Purchase
    from cartsnitch_common.models.user import UserStoreAccount


class Store(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """A retail chain."""

    __tablename__ = "stores"
    __table_args__ = (enum_check("slug", StoreSlug),)

    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(OpenEnum(StoreSlug), unique=True)
    logo_url: Mapped[str | None] = mapped_column(String(500))
    website_url: Mapped[str | None] = mapped_column(String(500))

    locations: Mapped[list["StoreLocation"]] = relationship(back_populates="store", passive_deletes="all")
    purchases: Mapped[list["Purchase"]] = relationship(back_populates="store", passive_deletes="all")
    user_accounts: Mapped[list["UserStoreAccount"]] = relationship(
        back_populates="store", passive_deletes="all"
    )
    price_histories: Mapped[list["PriceHistory"]] = relationship(
        back_populates="store", passive_deletes="all"
    )
    coupons: Mapped[list["Coupon"]] = relationship(back_populates="store", passive_deletes="all")


class StoreLocation(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """One shop of a chain; `lat` and `lng` are degrees (WGS 84)."""

    __tablename__ = "store_locations"

    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="RESTRICT"), index=True)
    address: Mapped[str] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(2))
    zip: Mapped[str] = mapped_column(String(10))
    lat: Mapped[float | None] = mapped_column(Float(53))
    lng: Mapped[float | None] = mapped_column(Float(53))

    store: Mapped[Store] = relationship(back_populates="locations")
    purchases: Mapped[list["Purchase"]] = relationship(back_populates="store_location", passive_deletes="all")
