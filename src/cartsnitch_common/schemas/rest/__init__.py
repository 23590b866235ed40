"""What services call of each other over HTTP, as Pydantic models: one module for each serving service.

A request body and the parameters of a query are strict, a response is tolerant. Every call carries the key of
its service in the header `SERVICE_KEY`, and every error is answered with `ProblemDetails`.
"""

from typing import Final

from cartsnitch_common.schemas.rest.api import ErrorCount, ErrorStats, ErrorStatsTaken
from cartsnitch_common.schemas.rest.clipartist import (
    OptimizeRequest,
    RelevantCoupon,
    RelevantCouponPage,
    RelevantCouponsQuery,
    ShoppingList,
    ShoppingListItem,
    ShoppingListPage,
    ShoppingListsQuery,
    ShoppingPlan,
    Trip,
    TripCoupon,
    TripItem,
    WantedItem,
)
from cartsnitch_common.schemas.rest.paging import SETTLING, Cursor, Page, PageQuery, QueryParameters
from cartsnitch_common.schemas.rest.problem import PROBLEM_JSON, InvalidField, ProblemDetails
from cartsnitch_common.schemas.rest.receiptwitness import (
    ObservedPrice,
    PricePage,
    PricesQuery,
    ProductDetail,
    PurchaseDetail,
    PurchasePage,
    PurchasesQuery,
    PurchaseSummary,
    SyncJob,
    SyncRequest,
    SyncState,
    SyncStates,
    SyncStatusQuery,
)
from cartsnitch_common.schemas.rest.shrinkray import AlertsQuery, ShrunkProduct, ShrunkProductPage
from cartsnitch_common.schemas.rest.stickershock import (
    CategoryInflation,
    IncreasesQuery,
    Inflation,
    InflationQuery,
    PriceIncrease,
    PriceIncreasePage,
)

SERVICE_KEY: Final = "X-Service-Key"
"""The header that every call between services carries."""

__all__ = [
    "SERVICE_KEY",
    "PROBLEM_JSON",
    "InvalidField",
    "ProblemDetails",
    "SETTLING",
    "Cursor",
    "Page",
    "PageQuery",
    "QueryParameters",
    # ReceiptWitness
    "ObservedPrice",
    "PricePage",
    "PricesQuery",
    "ProductDetail",
    "PurchaseDetail",
    "PurchasePage",
    "PurchasesQuery",
    "PurchaseSummary",
    "SyncJob",
    "SyncRequest",
    "SyncState",
    "SyncStates",
    "SyncStatusQuery",
    # StickerShock
    "CategoryInflation",
    "IncreasesQuery",
    "Inflation",
    "InflationQuery",
    "PriceIncrease",
    "PriceIncreasePage",
    # ShrinkRay
    "AlertsQuery",
    "ShrunkProduct",
    "ShrunkProductPage",
    # ClipArtist
    "OptimizeRequest",
    "RelevantCoupon",
    "RelevantCouponPage",
    "RelevantCouponsQuery",
    "ShoppingList",
    "ShoppingListItem",
    "ShoppingListPage",
    "ShoppingListsQuery",
    "ShoppingPlan",
    "Trip",
    "TripCoupon",
    "TripItem",
    "WantedItem",
    # API
    "ErrorCount",
    "ErrorStats",
    "ErrorStatsTaken",
]
