"""How each store's account page spells what all of them say: data, the store's own spelling first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cartsnitch_common.constants import StoreSlug

type Spellings = Mapping[str, tuple[str, ...]]

ITEMS: Final = ("items", "lineItems", "receiptItems")
FLAGS: Final = ("voided", "returnFlag", "isReturn")
"""A line with one of these set was not sold."""
STATUSES: Final = frozenset({"VOIDED", "RETURNED", "CANCELLED"})
"""Nor was a line with one of these as its `status`."""

_RECEIPT: Final[Spellings] = {
    "total": ("total", "orderTotal", "grandTotal", "transactionTotal"),
    "subtotal": ("subtotal",),
    "tax": ("tax", "salesTax"),
    "savings_total": ("totalSavings", "savings", "youSaved", "circleSavings"),
}
_LINE: Final[Spellings] = {
    "product_name_raw": ("description", "itemDescription", "productName", "name"),
    "upc": ("upc", "UPC", "krogerProductId"),
    "quantity": ("quantity", "qty", "quantitySold"),
    "regular_price": ("regularPrice", "originalPrice"),
}


@dataclass(frozen=True)
class StoreFormat:
    """One store's spellings of the fields of `PurchaseCreate` and `PurchaseItemCreate`.

    `marks` are the keys that only this store's receipts have: they tell whose receipt it is.
    """

    store: StoreSlug
    marks: frozenset[str]
    receipt: Spellings
    line: Spellings
    codes_have_check_digit: bool = True


FORMATS: Final = {
    StoreSlug.MEIJER: StoreFormat(
        StoreSlug.MEIJER,
        marks=frozenset({"transactionId", "transactionDate", "extendedPrice", "mperksDiscount"}),
        receipt={
            **_RECEIPT,
            "receipt_id": ("transactionId", "receiptId"),
            "purchase_date": ("transactionDate", "purchaseDate"),
        },
        line={
            **_LINE,
            "unit_price": ("price", "unitPrice"),
            "extended_price": ("extendedPrice", "extendedAmount", "lineTotal"),
            "sale_price": ("salePrice", "promoPrice"),
            "coupon_discount": ("couponDiscount", "couponSavings"),
            "loyalty_discount": ("mperksDiscount",),
            "category_raw": ("category", "department"),
        },
    ),
    StoreSlug.KROGER: StoreFormat(
        StoreSlug.KROGER,
        marks=frozenset(
            {
                "divisionNumber",
                "basePrice",
                "couponAmount",
                "plusCardSavings",
                "fuelPointsDiscount",
                "krogerProductId",
                "weightUom",
            }
        ),
        receipt={
            **_RECEIPT,
            "receipt_id": ("orderId", "receiptId"),
            "purchase_date": ("purchaseDate", "transactionDate"),
        },
        line={
            **_LINE,
            "unit_price": ("basePrice", "price", "unitPrice"),
            "extended_price": ("totalPrice", "extendedAmount", "lineTotal"),
            "sale_price": ("salePrice", "promoPrice"),
            "coupon_discount": ("couponAmount", "couponDiscount", "couponSavings"),
            "loyalty_discount": ("plusCardSavings", "fuelPointsDiscount"),
            "category_raw": ("department", "category"),
        },
        codes_have_check_digit=False,
    ),
    StoreSlug.TARGET: StoreFormat(
        StoreSlug.TARGET,
        marks=frozenset({"circlePrice", "circleRewardsDiscount", "circleSavings", "tcin", "dpci"}),
        receipt={
            **_RECEIPT,
            "receipt_id": ("orderId", "receiptId"),
            "purchase_date": ("purchaseDate", "transactionDate"),
        },
        line={
            **_LINE,
            "unit_price": ("unitPrice", "price"),
            "extended_price": ("totalPrice", "extendedAmount", "lineTotal"),
            "sale_price": ("circlePrice", "salePrice", "promoPrice"),
            "coupon_discount": ("couponDiscount", "couponSavings"),
            "loyalty_discount": ("circleRewardsDiscount",),
            "category_raw": ("department", "category"),
        },
    ),
}
"""The three stores' formats."""
