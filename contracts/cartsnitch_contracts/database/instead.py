"""How a service gets at what another owns: the call that stands for reading, or writing, its table."""

from typing import Final

_SERVES: Final[dict[str, str]] = {
    "coupons": "GET /coupons/relevant",
    "normalized_products": "GET /products/{id}",
    "price_history": "GET /prices",
    "purchase_items": "GET /purchases/{id}",
    "purchases": "GET /purchases",
    "shrinkflation_events": "GET /alerts",
    "user_store_accounts": "GET /sync/status",
}
"""By table, the operation of its owner that answers with what it holds; a test asks the REST documents."""


def instead_of(table: str) -> str | None:
    """The operation of the table's owner that answers with its rows; None while none does."""
    return _SERVES.get(table)
