"""Column types that behave alike on PostgreSQL and on the SQLite fake."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from cartsnitch_common.encryption import is_sealed
from cartsnitch_common.errors import EncryptionError


class random_uuid(FunctionElement[Any]):  # noqa: N801 (named like the SQL function that it is)
    """A server default for keys: `gen_random_uuid()`, which is built into PostgreSQL."""

    inherit_cache = True


@compiles(random_uuid)
def _random_uuid(element: random_uuid, compiler: SQLCompiler, **kw: Any) -> str:
    return "gen_random_uuid()"


@compiles(random_uuid, "sqlite")
def _random_uuid_on_sqlite(element: random_uuid, compiler: SQLCompiler, **kw: Any) -> str:
    return "(lower(hex(randomblob(16))))"


def json_type() -> JSON:
    """JSONB on PostgreSQL, JSON on SQLite; Python's None is SQL's NULL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """timestamptz; values are aware going in and come out in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(
                f"A moment without an offset ({value.isoformat()}): give it a time zone, such as UTC."
            )
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class OpenEnum(TypeDecorator[str]):
    """VARCHAR(20) of a StrEnum; a value that this version does not know is read as a plain string.

    What may be written is kept by a named CHECK in the table (`enum_check`), which migrations can alter.
    """

    impl = String(20)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum
        self._members: dict[str, str] = {member.value: member for member in enum}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return self._members.get(value, value)


class SealedJSON(TypeDecorator[dict[str, Any]]):
    """A column of sealed values (see `cartsnitch_common.encryption`); it refuses anything in the clear."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(json_type())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is not None and not is_sealed(value):
            raise EncryptionError(
                "This column holds sealed values only, and was given one in the clear. "
                "Assign to the model's attribute (account.session_data = {...}), which seals it."
            )
        return value
