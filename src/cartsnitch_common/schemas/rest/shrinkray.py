"""What ShrinkRay serves: products that shrank and that a user buys."""

from datetime import date
from uuid import UUID

from cartsnitch_common.schemas.base import Reader
from cartsnitch_common.schemas.fields import Confidence, Money, OpenSizeUnit, Percent, UtcDateTime
from cartsnitch_common.schemas.rest.paging import Page, PageQuery


class AlertsQuery(PageQuery):
    """Whose alerts: those of products that the user has bought."""

    user_id: UUID


class ShrunkProduct(Reader):
    """A package that was found smaller; it says all that its `alerts.shrinkflation` said."""

    shrinkflation_event_id: UUID
    normalized_product_id: UUID
    canonical_name: str
    old_size: str
    old_unit: OpenSizeUnit
    new_size: str
    new_unit: OpenSizeUnit
    price_at_old_size: Money | None = None
    price_at_new_size: Money | None = None
    unit_price_percent_change: Percent | None = None
    confidence: Confidence
    detected_date: date
    created_at: UtcDateTime


class ShrunkProductPage(Page[ShrunkProduct]):
    """Alerts, by the time when they were found."""
