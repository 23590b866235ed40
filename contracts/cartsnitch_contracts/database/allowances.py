"""What a service may still do across tables, each with a reason and a day on which that ends.

[tool.cartsnitch.database]
allow = [
    {table = "stores", access = "read", reason = "no call tells names yet", expires = 2026-12-31},
]
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.database.grants import Access
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.topology import title

PLACE: Final = "[tool.cartsnitch.database] allow"
_KEYS: Final = {"table", "access", "reason", "expires"}
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


def load_allowances(pyproject: Path) -> tuple[Allowance, ...]:
    """The allow-list of a service's pyproject.toml; empty where it has none.

    Raises:
        DocumentError: the file cannot be read, or an entry lacks its table, access, reason or day.
    """
    try:
        project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except OSError as error:
        raise DocumentError(
            f"{pyproject} cannot be read: {error.strerror}. Name a service's pyproject.toml."
        ) from None
    except ValueError as error:
        raise DocumentError(f"{pyproject} is not TOML: {error}. Name a service's pyproject.toml.") from None
    database = project.get("tool", {}).get("cartsnitch", {}).get("database", {})
    return read_allowances(database, source=str(pyproject))


def read_allowances(database: Any, *, source: str) -> tuple[Allowance, ...]:
    """The allow-list in what `[tool.cartsnitch.database]` holds; `source` names the file in errors.

    Raises:
        DocumentError: as from `load_allowances`.
    """
    entries = database.get("allow", []) if isinstance(database, dict) else None
    if not isinstance(entries, list):
        raise DocumentError(f"{source}: {PLACE} is no list. {_FORM}")
    return tuple(_allowance(raw, f"{source}: {PLACE}, entry {n}") for n, raw in enumerate(entries, 1))


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
) -> Iterator[str]:
    """Why entries of a service's list may not stay: past their day, or of no use; one sentence each.

    `reads` and `writes` are the tables that the service states it uses; None where it does not say.
    """
    seen: set[str] = set()
    for each in allowances:
        table = document.tables.get(each.table)
        if table is None:
            yield f"{each.table} is no table of the database. Remove the entry."
        elif each.table in seen:
            yield f"{each.table} is listed twice. Keep one entry."
        elif table.owner == service:
            yield f"{each.table} is {title(service)}'s own, and needs no entry. Remove it."
        elif each.expires < today:
            yield (
                f"{each.table} was allowed until {each.expires}: {each.reason}. "
                f"Ask {title(table.owner)} through REST instead, or give a new day and say what changed."
            )
        elif each.access is Access.READ and reads is not None and each.table not in reads:
            yield f"{each.table} is not read any more, says contracts/consumer.json. Remove the entry."
        elif each.access is Access.WRITE and writes is not None and each.table not in writes:
            yield (
                f"{each.table} is not written any more, says contracts/consumer.json. "
                'Remove the entry, or make its access "read".'
            )
        seen.add(each.table)


def _allowance(raw: Any, source: str) -> Allowance:
    entry = raw if isinstance(raw, dict) else {}
    if unknown := sorted(entry.keys() - _KEYS):
        raise DocumentError(f"{source} has {unknown[0]!r}, which means nothing. {_FORM}")
    table, access, reason, expires = (entry.get(key) for key in ("table", "access", "reason", "expires"))
    if not (isinstance(table, str) and table):
        raise DocumentError(f"{source} names no table. {_FORM}")
    if access not in set(Access):
        raise DocumentError(f"{source}, {table}: the access {access!r} is not known. {_FORM}")
    if not (isinstance(reason, str) and reason.strip()):
        raise DocumentError(f"{source}, {table}: there is no reason. {_FORM}")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise DocumentError(f"{source}, {table}: it expires on no day: {expires!r}. {_FORM}")
    return Allowance(table, Access(access), reason.strip(), expires)
