"""The contracts between services, as Pydantic models.

`XCreate` is what a caller sends (strict), `XRead` what a row or a response says (tolerant). Events are in
`cartsnitch_common.schemas.events`, and what services call over HTTP in `cartsnitch_common.schemas.rest`.
"""

from cartsnitch_common.schemas.base import Reader, RequestBody
from cartsnitch_common.schemas.coupon import CouponCreate, CouponRead
from cartsnitch_common.schemas.price import PriceHistoryCreate, PriceHistoryRead
from cartsnitch_common.schemas.product import NormalizedProductCreate, NormalizedProductRead
from cartsnitch_common.schemas.purchase import (
    PurchaseCreate,
    PurchaseItemCreate,
    PurchaseItemRead,
    PurchaseRead,
)
from cartsnitch_common.schemas.shrinkflation import ShrinkflationEventCreate, ShrinkflationEventRead
from cartsnitch_common.schemas.store import StoreCreate, StoreLocationCreate, StoreLocationRead, StoreRead
from cartsnitch_common.schemas.user import UserCreate, UserRead, UserStoreAccountCreate, UserStoreAccountRead

__all__ = [
    "CouponCreate",
    "CouponRead",
    "NormalizedProductCreate",
    "NormalizedProductRead",
    "PriceHistoryCreate",
    "PriceHistoryRead",
    "PurchaseCreate",
    "PurchaseItemCreate",
    "PurchaseItemRead",
    "PurchaseRead",
    "Reader",
    "RequestBody",
    "ShrinkflationEventCreate",
    "ShrinkflationEventRead",
    "StoreCreate",
    "StoreLocationCreate",
    "StoreLocationRead",
    "StoreRead",
    "UserCreate",
    "UserRead",
    "UserStoreAccountCreate",
    "UserStoreAccountRead",
]
