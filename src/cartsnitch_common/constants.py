"""The closed vocabularies that services, rows and events share.

Every member's value is what travels on the wire and what stands in the database.
"""

from enum import StrEnum


class Service(StrEnum):
    """The services of the platform; the value stands in an event's `service` field."""

    RECEIPT_WITNESS = "receiptwitness"
    STICKER_SHOCK = "stickershock"
    SHRINK_RAY = "shrinkray"
    CLIP_ARTIST = "clipartist"
    API = "api"


class EventType(StrEnum):
    """The six Redis channels; an event's type and its channel are the same string."""

    RECEIPTS_INGESTED = "cartsnitch.receipts.ingested"
    PRICES_UPDATED = "cartsnitch.prices.updated"
    PRODUCTS_NORMALIZED = "cartsnitch.products.normalized"
    COUPONS_UPDATED = "cartsnitch.coupons.updated"
    ALERT_PRICE_INCREASE = "cartsnitch.alerts.price_increase"
    ALERT_SHRINKFLATION = "cartsnitch.alerts.shrinkflation"


class StoreSlug(StrEnum):
    """The retail chains that receipts come from."""

    MEIJER = "meijer"
    KROGER = "kroger"
    TARGET = "target"


class AccountStatus(StrEnum):
    """Whether a user's login at a store still works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    ERROR = "error"


class SyncStatus(StrEnum):
    """How far the fetching of a user's receipts from one store has come; `idle` before the first time."""

    IDLE = "idle"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class DiscountType(StrEnum):
    """How a coupon's `discount_value` is to be read."""

    PERCENT = "percent"
    FIXED = "fixed"
    BOGO = "bogo"
    BUY_X_GET_Y = "buy_x_get_y"


class PriceSource(StrEnum):
    """Where a price was observed."""

    RECEIPT = "receipt"
    CATALOG = "catalog"
    WEEKLY_AD = "weekly_ad"


class ProductCategory(StrEnum):
    """The platform's own shelf, across the stores' departments."""

    PRODUCE = "produce"
    DAIRY = "dairy"
    MEAT = "meat"
    BAKERY = "bakery"
    FROZEN = "frozen"
    PANTRY = "pantry"
    BEVERAGES = "beverages"
    SNACKS = "snacks"
    HOUSEHOLD = "household"
    PERSONAL_CARE = "personal_care"
    OTHER = "other"


class MatchConfidence(StrEnum):
    """How sure a receipt line's match to a normalized product is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class MatchMethod(StrEnum):
    """How a receipt line was matched to a normalized product."""

    UPC = "upc"
    NAME = "name"
    AUTO_CREATE = "auto_create"


class SizeUnit(StrEnum):
    """Units of a package size: weights, volumes, a count (`ct`) and a pack (`pk`)."""

    OZ = "oz"
    FL_OZ = "fl_oz"
    LB = "lb"
    G = "g"
    KG = "kg"
    ML = "ml"
    L = "l"
    CT = "ct"
    PK = "pk"
