"""Products that shrank."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from cartsnitch_common.constants import SizeUnit
from cartsnitch_common.schemas.base import RequestBody, RowRead
from cartsnitch_common.schemas.fields import Confidence, Money, OpenSizeUnit, Size, Text1000


class ShrinkflationEventCreate(RequestBody):
    """A package that was found smaller; `confidence` is 0.00 to 1.00."""

    normalized_product_id: UUID
    detected_date: date
    old_size: Size
    new_size: Size
    old_unit: SizeUnit
    new_unit: SizeUnit
    price_at_old_size: Money | None = None
    price_at_new_size: Money | None = None
    confidence: Confidence = Decimal("1.00")
    notes: Text1000 | None = None


class ShrinkflationEventRead(RowRead):
    """A package that was found smaller, as stored."""

    normalized_product_id: UUID
    detected_date: date
    old_size: str
    new_size: str
    old_unit: OpenSizeUnit
    new_unit: OpenSizeUnit
    price_at_old_size: Money | None = None
    price_at_new_size: Money | None = None
    confidence: Confidence
    notes: str | None = None
