"""How each store's account page spells what all of them say: data, the usual spelling first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cartsnitch_common.constants import StoreSlug

type Spellings = Mapping[str, tuple[str, ...]]

LINES: Final = ("items", "lineItems", "receiptItems")
NOT_SOLD: Final = frozenset({"VOIDED", "RETURNED", "CANCELLED"})
"""A line whose `status` is one of these was not sold;"""
NOT_SOLD_FLAGS: Final = ("voided", "returnFlag", "isReturn")
"""nor was a line with one of these set."""


@dataclass(frozen=True)
class StoreFormat:
    """One store's spellings of the fields of `PurchaseCreate` and `PurchaseItemCreate`."""

    receipt: Spellings
    line: Spellings
    codes_have_check_digit: bool = True


def _format(
    *,
    number: str,
    day: str,
    unit_price: str,
    line_price: str,
    sale_price: str,
    coupon: str,
    loyalty: tuple[str, ...],
    category: str,
    codes_have_check_digit: bool = True,
) -> StoreFormat:
    return StoreFormat(
        receipt={
            "receipt_id": (number, "receiptId"),
            "purchase_date": (day,),
            "total": ("total", "orderTotal", "grandTotal", "transactionTotal"),
            "subtotal": ("subtotal",),
            "tax": ("tax", "salesTax"),
            "savings_total": ("totalSavings", "savings", "youSaved", "circleSavings"),
        },
        line={
            "product_name_raw": ("description", "itemDescription", "productName", "name"),
            "upc": ("upc", "UPC", "krogerProductId"),
            "quantity": ("quantity", "qty", "quantitySold"),
            "unit_price": (unit_price,),
            "extended_price": (line_price, "extendedAmount", "lineTotal"),
            "regular_price": ("regularPrice", "originalPrice"),
            "sale_price": (sale_price, "promoPrice"),
            "coupon_discount": (coupon, "couponSavings"),
            "loyalty_discount": loyalty,
            "category_raw": (category,),
        },
        codes_have_check_digit=codes_have_check_digit,
    )


FORMATS: Final[Mapping[StoreSlug, StoreFormat]] = {
    StoreSlug.MEIJER: _format(
        number="transactionId",
        day="transactionDate",
        unit_price="price",
        line_price="extendedPrice",
        sale_price="salePrice",
        coupon="couponDiscount",
        loyalty=("mperksDiscount",),
        category="category",
    ),
    StoreSlug.KROGER: _format(
        number="orderId",
        day="purchaseDate",
        unit_price="basePrice",
        line_price="totalPrice",
        sale_price="salePrice",
        coupon="couponAmount",
        loyalty=("plusCardSavings", "fuelPointsDiscount"),
        category="department",
        codes_have_check_digit=False,
    ),
    StoreSlug.TARGET: _format(
        number="orderId",
        day="purchaseDate",
        unit_price="unitPrice",
        line_price="totalPrice",
        sale_price="circlePrice",
        coupon="couponDiscount",
        loyalty=("circleRewardsDiscount",),
        category="department",
    ),
}
