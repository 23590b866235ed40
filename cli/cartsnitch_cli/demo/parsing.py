"""From a store's JSON to `PurchaseCreate`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from cartsnitch_cli.demo.formats import FLAGS, FORMATS, ITEMS, STATUSES, Spellings, StoreFormat
from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.errors import CartsnitchError
from cartsnitch_common.schemas import PurchaseCreate

_SHOWN: Final = 3


class UnreadableReceiptError(CartsnitchError, ValueError):
    """A receipt cannot be understood; the message names the field, as the store spells it."""


@dataclass(frozen=True)
class ParsedReceipt:
    """A receipt that passed the strict schema, and the store that it is from."""

    store: StoreSlug
    purchase: PurchaseCreate


def parse_receipt(entry: Any, *, user_id: UUID, store_ids: Mapping[StoreSlug, UUID]) -> ParsedReceipt:
    """One listing entry of a store's account page; lines that were voided or returned are left out.

    Raises:
        UnreadableReceiptError: no store is recognised, or a field is missing or wrong.
    """
    if not isinstance(entry, dict):
        raise UnreadableReceiptError(f"a receipt is a JSON object, not {_kind(entry)}")
    form = recognise(entry)
    detail = entry.get("detail")
    both = {**detail, **_without_none(entry)} if isinstance(detail, dict) else entry
    lines = [
        {**_pick(line, form.line), "upc": _digits(_first(line, form.line["upc"]))} for line in _sold(both)
    ]
    fields: dict[str, Any] = {
        **_pick(both, form.receipt),
        "user_id": user_id,
        "store_id": store_ids[form.store],
        "raw_data": entry,
        "items": [_without_none(line) for line in lines],
    }
    if "purchase_date" in fields:
        fields["purchase_date"] = _day(fields["purchase_date"], form)
    try:
        return ParsedReceipt(form.store, PurchaseCreate.model_validate(_without_none(fields)))
    except ValidationError as error:
        raise UnreadableReceiptError(_reason(error, form)) from None


def recognise(entry: Mapping[str, Any]) -> StoreFormat:
    """The format whose own keys the receipt has.

    Raises:
        UnreadableReceiptError: it has none, or as many of two stores.
    """
    keys = set(_keys(entry))
    ranked = sorted(FORMATS.values(), key=lambda form: len(form.marks & keys), reverse=True)
    best, second = (len(form.marks & keys) for form in ranked[:2])
    if best == second:
        marks = ", ".join(f"{form.store}: {min(form.marks)}" for form in FORMATS.values())
        raise UnreadableReceiptError(f"no store is recognised by its keys (such as {marks})")
    return ranked[0]


def _keys(entry: Mapping[str, Any]) -> Iterator[str]:
    """Of the listing entry, its detail and all lines."""
    yield from entry
    detail = entry.get("detail")
    for part in (entry, detail if isinstance(detail, dict) else {}):
        yield from part
        lines = _first(part, ITEMS)
        for line in lines if isinstance(lines, list) else ():
            if isinstance(line, dict):
                yield from line


def _sold(receipt: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    lines = _first(receipt, ITEMS)
    if not isinstance(lines, list):
        raise UnreadableReceiptError(f"{ITEMS[0]} {'is missing' if lines is None else 'is not a list'}")
    for number, line in enumerate(lines):
        if not isinstance(line, dict):
            raise UnreadableReceiptError(f"{ITEMS[0]}[{number}] is {_kind(line)}, not an object")
        status = str(line.get("status") or "").upper()
        if status not in STATUSES and not any(_is_set(line.get(flag)) for flag in FLAGS):
            yield line


def _is_set(flag: Any) -> bool:
    return flag.upper() in {"Y", "YES", "TRUE", "1"} if isinstance(flag, str) else bool(flag)


def _pick(source: Mapping[str, Any], spellings: Spellings) -> dict[str, Any]:
    """What the source says of each field, by the field's name."""
    found = {field: _first(source, names) for field, names in spellings.items()}
    return _without_none(found)


def _first(source: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((source[name] for name in names if source.get(name) is not None), None)


def _without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _digits(upc: Any) -> Any:
    """A code without the zeros that pad it; nothing where only zeros stand."""
    return upc.lstrip("0") or None if isinstance(upc, str) else upc


def _day(moment: Any, form: StoreFormat) -> date:
    """The day at the till: stores label its clock UTC, so it is not converted."""
    try:
        return date.fromisoformat(moment[:10])
    except (TypeError, ValueError):
        name = form.receipt["purchase_date"][0]
        raise UnreadableReceiptError(f"{name} is not a moment like 2026-03-15T14:02:11Z") from None


def _reason(error: ValidationError, form: StoreFormat) -> str:
    problems = error.errors(include_url=False, include_input=False)
    shown = [f"{_place(problem['loc'], form)}: {problem['msg']}" for problem in problems[:_SHOWN]]
    return "; ".join(shown) + (f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else "")


def _place(location: tuple[int | str, ...], form: StoreFormat) -> str:
    """Like `items[2].basePrice`: the field as the store spells it, which is how it stands in the file."""
    match location:
        case (str(), int() as number, str() as field, *_):
            return f"{ITEMS[0]}[{number}].{form.line.get(field, (field,))[0]}"
        case (str() as field, *_):
            return form.receipt.get(field, (field,))[0]
    return "the receipt"


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", type(None): "null"}.get(type(value), "a number or truth value")
