"""What ReceiptWitness serves: synchronising, purchases, products, prices."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, RootModel

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas.base import Reader, RequestBody, RowRead
from cartsnitch_common.schemas.fields import (
    Money,
    OpenPriceSource,
    OpenStoreSlug,
    OpenSyncStatus,
    UtcDateTime,
)
from cartsnitch_common.schemas.product import NormalizedProductRead
from cartsnitch_common.schemas.purchase import PurchaseItemRead
from cartsnitch_common.schemas.rest.paging import Page, PageQuery, QueryParameters


class SyncRequest(RequestBody):
    """Whose receipts to fetch from the store in the path."""

    user_id: UUID


class SyncJob(Reader):
    """The job that fetches them; `status` is `queued`, or `running` where one was at work already."""

    job_id: UUID
    status: OpenSyncStatus
    message: str


class SyncStatusQuery(QueryParameters):
    """Whose accounts to tell about."""

    user_id: UUID


class SyncState(Reader):
    """One linked store, and the last time its receipts were fetched; `items_synced` counts their lines."""

    store_slug: OpenStoreSlug
    status: OpenSyncStatus
    last_sync_at: UtcDateTime | None = None
    items_synced: Annotated[int, Field(ge=0)] | None = None


class SyncStates(RootModel[list[SyncState]]):
    """Every store that the user has linked; an empty list for none."""


class PurchasesQuery(PageQuery):
    """Which receipts: of one user, or of all for a service that catches up."""

    user_id: UUID | None = None


class PurchaseSummary(RowRead):
    """A receipt without its lines; it says all that its `receipts.ingested` said."""

    user_id: UUID
    store_id: UUID
    store_slug: OpenStoreSlug
    store_location_id: UUID | None = None
    receipt_id: str
    purchase_date: date
    total: Money
    subtotal: Money | None = None
    tax: Money | None = None
    savings_total: Money | None = None
    ingested_at: UtcDateTime
    item_count: Annotated[int, Field(ge=0)]


class PurchasePage(Page[PurchaseSummary]):
    """Receipts, by the time when they were recorded."""


class PurchaseDetail(PurchaseSummary):
    """A receipt with its lines; what the store sent stays with ReceiptWitness."""

    source_url: str | None = None
    items: list[PurchaseItemRead]


class ProductDetail(NormalizedProductRead):
    """A product as the platform knows it, across stores."""


class PricesQuery(PageQuery):
    """Which prices: of one product, of one store, or all of them."""

    product_id: UUID | None = None
    store_slug: StoreSlug | None = None


class ObservedPrice(Reader):
    """One observed price, in dollars a piece (or a pound, where it is weighed).

    Its fields are called as in `prices.updated`, so that a subscriber that was away treats both alike.
    """

    price_history_id: UUID
    normalized_product_id: UUID
    store_slug: OpenStoreSlug
    observed_date: date
    regular_price: Money
    sale_price: Money | None = None
    loyalty_price: Money | None = None
    coupon_price: Money | None = None
    source: OpenPriceSource
    purchase_item_id: UUID | None = None
    created_at: UtcDateTime


class PricePage(Page[ObservedPrice]):
    """Prices, by the time when they were recorded."""
