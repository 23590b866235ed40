"""The canonical schema, as SQLAlchemy models."""

from cartsnitch_common.models.base import Base, TimestampMixin, UUIDPrimaryKeyMixin, utc_now
from cartsnitch_common.models.coupon import Coupon
from cartsnitch_common.models.ids import new_id
from cartsnitch_common.models.price import PriceHistory
from cartsnitch_common.models.product import NormalizedProduct
from cartsnitch_common.models.purchase import Purchase, PurchaseItem
from cartsnitch_common.models.shrinkflation import ShrinkflationEvent
from cartsnitch_common.models.store import Store, StoreLocation
from cartsnitch_common.models.user import User, UserStoreAccount

__all__ = [
    "Base",
    "Coupon",
    "NormalizedProduct",
    "PriceHistory",
    "Purchase",
    "PurchaseItem",
    "ShrinkflationEvent",
    "Store",
    "StoreLocation",
    "TimestampMixin",
    "UUIDPrimaryKeyMixin",
    "User",
    "UserStoreAccount",
    "new_id",
    "utc_now",
]
