"""Key rotation: every sealed value is sealed anew with the newest key, so that older keys can go.

Put the new key first in `CARTSNITCH_ENCRYPTION_KEYS`, start all services anew, rotate, then drop the old key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)

from cartsnitch_common.encryption import KeyRing, current_keys
from cartsnitch_common.errors import EncryptionError
from cartsnitch_common.models import UserStoreAccount
from cartsnitch_common.models.types import json_type

type OnProgress = Callable[[int, int], None]
"""Called with how many values are done, and of how many."""

_ACCOUNTS: Table = UserStoreAccount.metadata.tables[UserStoreAccount.__tablename__]


@dataclass(frozen=True)
class RotationResult:
    """What a rotation did to `user_store_accounts.session_data`.

    Attributes:
        kid: the key that values are sealed with now.
        rotated: how many values were sealed anew.
        unreadable: row ids of values that cannot be opened, and why; they were left as they are.
        in_use: how many values are still to be done because their rows were locked by others.
    """

    kid: str
    rotated: int
    unreadable: dict[UUID, str]
    in_use: int

    @property
    def complete(self) -> bool:
        """Whether every value is sealed with the newest key, so that the older keys can go."""
        return not self.unreadable and not self.in_use


def rotate_keys(
    engine: Engine, *, batch: int = 500, on_progress: OnProgress | None = None, keys: KeyRing | None = None
) -> RotationResult:
    """Seal every value anew that was sealed with another key than the newest.

    Each batch is a transaction, so a rotation that was interrupted goes on where it stopped, and services
    work meanwhile: rows that they hold are left out. `updated_at` stays, for nothing changed for the user.

    Args:
        engine: a PostgreSQL database, or the SQLite fake.
        batch: rows per transaction.
        on_progress: called after each batch with the values dealt with and their whole number.
        keys: instead of those in the settings.

    Raises:
        EncryptionError: there is no key at all.
    """
    ring = keys or current_keys()
    kid, unreadable = ring.newest, dict[UUID, str]()
    rotated, last = 0, None
    with engine.connect() as connection:
        total = _count(connection, kid)
    while True:
        with engine.begin() as connection:
            rows = _lock_batch(connection, kid, after=last, limit=batch)
            rotated += _seal_anew(connection, rows, ring, unreadable)
        if not rows:
            break
        last = rows[-1].id
        if on_progress is not None:
            on_progress(rotated + len(unreadable), total)
    with engine.connect() as connection:
        in_use = _count(connection, kid) - len(unreadable)
    return RotationResult(kid, rotated, unreadable, max(in_use, 0))


def _outdated(kid: str) -> ColumnElement[bool]:
    """Sealed with another key; what has no key id at all is found too, and reported as unreadable."""
    column = _ACCOUNTS.c.session_data
    key = type_coerce(column, json_type())["kid"].as_string()
    return and_(column.is_not(None), key.is_distinct_from(kid))


def _count(connection: Connection, kid: str) -> int:
    return connection.scalars(select(func.count()).select_from(_ACCOUNTS).where(_outdated(kid))).one()


def _lock_batch(connection: Connection, kid: str, *, after: UUID | None, limit: int) -> Sequence[Any]:
    rows = select(_ACCOUNTS.c.id, _ACCOUNTS.c.session_data).where(_outdated(kid))
    if after is not None:
        rows = rows.where(_ACCOUNTS.c.id > after)
    rows = rows.order_by(_ACCOUNTS.c.id).limit(limit).with_for_update(skip_locked=True)
    return connection.execute(rows).all()


def _seal_anew(
    connection: Connection, rows: Sequence[Any], ring: KeyRing, unreadable: dict[UUID, str]
) -> int:
    sealed = []
    for row in rows:
        place = UserStoreAccount(id=row.id).session_place
        try:
            value = ring.open(row.session_data, place)
        except EncryptionError as error:
            unreadable[row.id] = str(error)
        else:
            sealed.append({"row": row.id, "sealed": ring.seal(value, place)})
    if sealed:
        change = update(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("row"))
        kept = {"session_data": bindparam("sealed"), "updated_at": _ACCOUNTS.c.updated_at}
        connection.execute(change.values(kept), sealed)
    return len(sealed)
