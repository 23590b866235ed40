"""What StickerShock serves: price increases, and inflation against the consumer price index."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from cartsnitch_common.constants import ProductCategory, StoreSlug
from cartsnitch_common.schemas.base import Reader
from cartsnitch_common.schemas.fields import Money, OpenProductCategory, OpenStoreSlug, Percent, UtcDateTime
from cartsnitch_common.schemas.rest.paging import Page, PageQuery, QueryParameters


class IncreasesQuery(PageQuery):
    """Which increases: at one store, and of `min_percent` or more."""

    store_slug: StoreSlug | None = None
    min_percent: Percent | None = None


class PriceIncrease(Reader):
    """A product that costs more than before at a store; it says all that its `alerts.price_increase` said.

    `price_history_id` is the new price's. `percent_change` is of the price; `cpi_percent_change` of the
    consumer price index over the same time, and null while that is not published.
    """

    price_history_id: UUID
    normalized_product_id: UUID
    canonical_name: str
    store_slug: OpenStoreSlug
    old_price: Money
    new_price: Money
    percent_change: Percent
    observed_date: date
    previous_observed_date: date
    cpi_percent_change: Percent | None = None
    created_at: UtcDateTime


class PriceIncreasePage(Page[PriceIncrease]):
    """Increases, by the time when they were found."""


class InflationQuery(QueryParameters):
    """Over which days, both included (the last twelve months unless said), of which category and store."""

    since: date | None = None
    until: date | None = None
    category: ProductCategory | None = None
    store_slug: StoreSlug | None = None


class CategoryInflation(Reader):
    """How one category's prices moved, in percent over the whole time, weighted by what was bought.

    `cpi_percent_change` is of the matching series of the consumer price index; null where there is none yet.
    """

    category: OpenProductCategory
    percent_change: Percent
    cpi_percent_change: Percent | None = None
    product_count: Annotated[int, Field(ge=1)]


class Inflation(Reader):
    """Each category with enough prices to tell; `overall_percent_change` is null where none has."""

    since: date
    until: date
    overall_percent_change: Percent | None = None
    overall_cpi_percent_change: Percent | None = None
    categories: list[CategoryInflation]
