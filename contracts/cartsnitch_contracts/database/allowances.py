"""What a service may still do across tables, each with a reason and a day on which that ends.

[tool.cartsnitch.database]
allow = [
    {table = "stores", access = "read", reason = "no call tells names yet", expires = 2026-12-31},
]
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.database.grants import Access
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.topology import title

_KEYS: Final = ("table", "access", "reason", "expires")
_FORM: Final = (
    'Write {table = "stores", access = "read", reason = "why that cannot move yet", expires = 2026-12-31}; '
    'access is "read" or "write".'
)


@dataclass(frozen=True)
class Allowance:
    """One table of another service that this one may use until the end of a day."""

    table: str
    access: Access
    reason: str
    expires: date


def read_allowance(raw: Any) -> Allowance:
    """An entry of the list in a service's `pyproject.toml`.

    Raises:
        DocumentError: it lacks its table, access, reason or day; the message shows a whole entry.
    """
    entry = raw if isinstance(raw, dict) else {}
    table, access, reason, expires = (entry.get(key) for key in _KEYS)
    if not (isinstance(table, str) and table):
        raise DocumentError(f"An entry of the allow-list names no table. {_FORM}")
    if unknown := sorted(entry.keys() - set(_KEYS)):
        raise DocumentError(f"{table} is allowed with {unknown[0]!r}, which means nothing. {_FORM}")
    if access not in set(Access):
        raise DocumentError(f"{table} is allowed with the access {access!r}, which is not known. {_FORM}")
    if not (isinstance(reason, str) and reason.strip()):
        raise DocumentError(f"{table} is allowed for no reason. {_FORM}")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise DocumentError(f"{table} is allowed, and that expires on no day: {expires!r}. {_FORM}")
    return Allowance(table, Access(access), reason.strip(), expires)


def granted(allowances: Sequence[Allowance]) -> Mapping[str, Access]:
    """What they allow, by table."""
    return {allowance.table: allowance.access for allowance in allowances}


def objections(
    allowances: Sequence[Allowance],
    document: DatabaseDocument,
    service: str,
    *,
    today: date,
    reads: Collection[str] | None = None,
    writes: Collection[str] | None = None,
) -> Iterator[tuple[Allowance, str]]:
    """The entries of a service's list that may not stay, past their day or of no use, each with a sentence.

    `reads` and `writes` are the tables that the service states it uses; None where it does not say.
    """
    seen: set[str] = set()
    for each in allowances:
        table = document.tables.get(each.table)
        if table is None:
            yield each, f"{each.table} is no table of the database. Remove the entry."
        elif each.table in seen:
            yield each, f"{each.table} is listed twice. Keep one entry."
        elif table.owner == service:
            yield each, f"{each.table} is {title(service)}'s own, and needs no entry. Remove it."
        elif each.expires < today:
            remedy = f"Ask {title(table.owner)} through REST instead, or give a new day and say what changed."
            yield each, f"{each.table} was allowed until {each.expires}: {each.reason}. {remedy}"
        elif each.access is Access.READ and reads is not None and each.table not in reads:
            yield each, f"{each.table} is not read any more, says contracts/{service}.json. Remove the entry."
        elif each.access is Access.WRITE and writes is not None and each.table not in writes:
            remedy = 'Remove the entry, or make its access "read".'
            yield each, f"{each.table} is not written any more, says contracts/{service}.json. {remedy}"
        seen.add(each.table)
