"""From a store's JSON to `PurchaseCreate`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.errors import CartsnitchError
from cartsnitch_common.schemas import PurchaseCreate
from receiptwitness.formats import FORMATS, LINES, NOT_SOLD, NOT_SOLD_FLAGS, Spellings


class UnreadableReceiptError(CartsnitchError, ValueError):
    """A receipt cannot be understood; the message names the receipt and its fields, never their values."""


def parse_receipt(
    page: Mapping[str, Any], store: StoreSlug, *, user_id: UUID, store_id: UUID
) -> PurchaseCreate:
    """One receipt of a store's account page; lines that were voided or brought back are left out.

    Raises:
        UnreadableReceiptError: a field is missing or wrong, or Postgres could not store what the store sent.
    """
    form = FORMATS[store]
    detail = page.get("detail")
    receipt = {**detail, **_said(page)} if isinstance(detail, Mapping) else dict(page)
    fields = _read(receipt, form.receipt)
    name = f"Receipt {fields.get('receipt_id', 'without an id')} of {store}"
    if not _fits_jsonb(page):
        raise UnreadableReceiptError(f"{name} cannot be stored: Postgres has no such text or number.")
    try:
        return PurchaseCreate(
            **fields | {"purchase_date": _day(fields.get("purchase_date"))},
            user_id=user_id,
            store_id=store_id,
            raw_data=dict(page),
            items=[_digits_alone(_read(line, form.line)) for line in _sold(receipt)],
        )
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise UnreadableReceiptError(f"{name} cannot be read: {places}.") from None


def _fits_jsonb(page: Mapping[str, Any]) -> bool:
    """Whether Postgres takes the page: Python's JSON also has half an emoji, NaN and infinity."""
    try:
        json.dumps(page, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def _sold(receipt: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    lines = _first(receipt, LINES)
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise UnreadableReceiptError(f"A receipt needs a list of objects under one of: {', '.join(LINES)}.")
    for line in lines:
        status = str(line.get("status") or "").upper()
        if status not in NOT_SOLD and not any(_is_set(line.get(flag)) for flag in NOT_SOLD_FLAGS):
            yield line


def _is_set(flag: object) -> bool:
    return flag.upper() in {"Y", "YES", "TRUE", "1"} if isinstance(flag, str) else bool(flag)


def _read(source: Mapping[str, Any], spellings: Spellings) -> dict[str, Any]:
    return _said({field: _first(source, names) for field, names in spellings.items()})


def _first(source: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((source[name] for name in names if source.get(name) is not None), None)


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _day(moment: object) -> object:
    """The day at the till: stores label its clock UTC, so it is not converted."""
    try:
        return date.fromisoformat(str(moment)[:10])
    except ValueError:
        return moment


def _digits_alone(line: dict[str, Any]) -> dict[str, Any]:
    """The line with its code as printed, without the zeros that pad it."""
    code = line.pop("upc", None)
    stripped = code.lstrip("0") if isinstance(code, str) else code
    return {**line, "upc": stripped} if stripped else line
