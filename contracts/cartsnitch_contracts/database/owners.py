"""Which service alone writes each table."""

from cartsnitch_common.constants import Service

OWNERS: dict[str, Service] = {
    "coupons": Service.CLIP_ARTIST,
    "normalized_products": Service.RECEIPT_WITNESS,
    "price_history": Service.RECEIPT_WITNESS,
    "purchase_items": Service.RECEIPT_WITNESS,
    "purchases": Service.RECEIPT_WITNESS,
    "shrinkflation_events": Service.SHRINK_RAY,
    "store_locations": Service.RECEIPT_WITNESS,
    "stores": Service.RECEIPT_WITNESS,
    "user_store_accounts": Service.RECEIPT_WITNESS,
    "users": Service.API,
}
"""Every table's owner; the others ask it through REST."""
