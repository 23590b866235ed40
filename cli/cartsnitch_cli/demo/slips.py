"""Printed receipts to show: the stores' own print of generated ones, a plain one of a user's own."""

from collections.abc import Iterable
from typing import Final

from cartsnitch_cli.demo.parsing import ParsedReceipt
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas import PurchaseItemCreate
from cartsnitch_fixtures.catalogue import CHAINS
from cartsnitch_fixtures.receipts import Receipt

_WIDTH: Final = 40
_LINES: Final = 9
"""A receipt of about so many lines is chosen: it shows much and still fits."""


def printed(receipts: Iterable[Receipt]) -> dict[StoreSlug, str]:
    """One receipt of each store as the store prints it; stores without a receipt are left out."""
    chosen: dict[StoreSlug, Receipt] = {}
    for receipt in receipts:
        best = chosen.get(receipt.store)
        if best is None or _distance(len(receipt.lines)) < _distance(len(best.lines)):
            chosen[receipt.store] = receipt
    return {store: chosen[store].text() for store in StoreSlug if store in chosen}


def plain(receipts: Iterable[ParsedReceipt]) -> dict[StoreSlug, str]:
    """One receipt of each store in a plain print; how the store would print it is not in its JSON."""
    chosen: dict[StoreSlug, ParsedReceipt] = {}
    for receipt in receipts:
        best = chosen.get(receipt.store)
        size = len(receipt.purchase.items)
        if best is None or _distance(size) < _distance(len(best.purchase.items)):
            chosen[receipt.store] = receipt
    return {store: _plain(chosen[store]) for store in StoreSlug if store in chosen}


def _plain(receipt: ParsedReceipt) -> str:
    purchase = receipt.purchase
    head = [CHAINS[receipt.store].name.upper(), purchase.receipt_id, str(purchase.purchase_date)]
    sums = {"SUBTOTAL": purchase.subtotal, "TAX": purchase.tax, "TOTAL": purchase.total}
    lines = [
        *(text.center(_WIDTH).rstrip() for text in head),
        "",
        *(row for item in purchase.items for row in _item(item)),
        "",
        *(_row(name, amount) for name, amount in sums.items() if amount is not None),
    ]
    return "\n".join(lines) + "\n"


def _item(item: PurchaseItemCreate) -> list[str]:
    line = _row(item.product_name_raw, item.extended_price)
    return [line] if item.quantity == 1 else [line, f"    {item.quantity.normalize():f} @ {item.unit_price}"]


def _row(name: str, amount: object) -> str:
    return f"{name[: _WIDTH - 11]:<{_WIDTH - 10}}{amount:>10}"


def _distance(lines: int) -> int:
    return abs(lines - _LINES)
