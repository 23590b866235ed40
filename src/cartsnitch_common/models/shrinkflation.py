"""Packages that were found smaller."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, column, literal
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartsnitch_common.constants import SizeUnit
from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, enum_check
from cartsnitch_common.models.money import Exact, Money
from cartsnitch_common.models.product import NormalizedProduct
from cartsnitch_common.models.types import OpenEnum

_CONFIDENCE = Exact(3, 2)


class ShrinkflationEvent(UUIDPrimaryKeyMixin, TimestampMixin, Base):
    """A package that was found smaller; `confidence` is 0.00 to 1.00."""

    __tablename__ = "shrinkflation_events"
    __table_args__ = (
        enum_check("old_unit", SizeUnit),
        enum_check("new_unit", SizeUnit),
        CheckConstraint(column("confidence", _CONFIDENCE).between(0, 1), name="confidence"),
    )

    normalized_product_id: Mapped[UUID] = mapped_column(
        ForeignKey("normalized_products.id", ondelete="RESTRICT"), index=True
    )
    detected_date: Mapped[date]
    old_size: Mapped[str] = mapped_column(String(50))
    new_size: Mapped[str] = mapped_column(String(50))
    old_unit: Mapped[str] = mapped_column(OpenEnum(SizeUnit))
    new_unit: Mapped[str] = mapped_column(OpenEnum(SizeUnit))
    price_at_old_size: Mapped[Decimal | None] = mapped_column(Money())
    price_at_new_size: Mapped[Decimal | None] = mapped_column(Money())
    confidence: Mapped[Decimal] = mapped_column(
        _CONFIDENCE, default=Decimal(1), server_default=literal(1, _CONFIDENCE)
    )
    notes: Mapped[str | None] = mapped_column(String(1000))

    normalized_product: Mapped[NormalizedProduct] = relationship(back_populates="shrinkflation_events")
