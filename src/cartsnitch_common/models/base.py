"""What every table has: a UUIDv7 `id`, `created_at`, `updated_at`, and names that migrations can rely on."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, MetaData, Uuid, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cartsnitch_common.models.ids import new_id
from cartsnitch_common.models.types import UtcDateTime, random_uuid

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_now() -> datetime:
    """The moment, aware and in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The base of the ten models; `Base.metadata` is the canonical schema."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    def __init__(self, **values: Any) -> None:
        # The key exists from the start: events can name it, and values are bound to it, before a flush.
        self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no field {name!r}.")
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__dict__.get('id', '(not loaded)')}>"


class UUIDPrimaryKeyMixin:
    """A UUIDv7 made in the client; on Postgres raw SQL may leave it out and gets a random UUID."""

    id: Mapped[UUID] = mapped_column(
        Uuid(), primary_key=True, sort_order=-1, default=new_id, server_default=random_uuid()
    )


class TimestampMixin:
    """When the row was made and last changed through the models (UTC); raw SQL may leave both out."""

    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), sort_order=1, default=utc_now, server_default=func.now()
    )
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), sort_order=1, default=utc_now, onupdate=utc_now, server_default=func.now()
    )


def enum_check(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """The named CHECK that keeps an enum column to the values known today."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=column)
