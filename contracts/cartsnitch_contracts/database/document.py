"""The database's contract at one version, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cartsnitch_contracts.database.layout import dumps


class Sends(StrEnum):
    """What a mapper's INSERT has for a column."""

    VALUE = "always"
    """A value that the caller must give; without one an explicit NULL, which the column refuses."""
    CLIENT = "client default"
    """A value always; the client makes one when the caller gives none."""
    NULL = "explicit NULL when unset"
    """The column is named in every INSERT, so that no server default ever applies."""
    OMITTED = "omitted when unset"
    """The server default applies when the caller gives no value."""


class Sets(StrEnum):
    """When a mapper's UPDATE names a column."""

    CHANGED = "when changed"
    EACH = "at every update"


@dataclass(frozen=True)
class Column:
    """A column; `type` is as PostgreSQL's format_type says it, `default` as it stands in the DDL."""

    type: str
    nullable: bool = False
    default: str | None = None
    insert: Sends = Sends.VALUE
    update: Sets = Sets.CHANGED


@dataclass(frozen=True)
class Key:
    """A primary key or a unique constraint."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class ForeignKey:
    """Columns that refer to another table's; `ondelete` is NO ACTION where the DDL names none."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]
    ondelete: str = "NO ACTION"


@dataclass(frozen=True)
class Check:
    """A condition on rows; one made from an enum also names its `column` and the `values` it allows."""

    sql: str
    column: str | None = None
    values: tuple[str, ...] = ()


def enum_check(column: str, values: Iterable[str]) -> Check:
    """The CHECK that keeps a column to an enum's values."""
    values = tuple(values)
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return Check(f"{column} IN ({listed})", column, values)


@dataclass(frozen=True)
class Index:
    """An index; `on` are columns, or expressions as the DDL has them."""

    on: tuple[str, ...]
    unique: bool = False
    using: str = "btree"
    where: str | None = None


@dataclass(frozen=True)
class Table:
    """A table: the service that alone writes it, its columns in order, and its constraints by name."""

    owner: str
    columns: Mapping[str, Column]
    primary_key: Mapping[str, Key] = field(default_factory=dict)
    foreign_keys: Mapping[str, ForeignKey] = field(default_factory=dict)
    unique: Mapping[str, Key] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)

    def values_of(self, column: str) -> tuple[str, ...]:
        """The values that an enum's CHECK keeps a column to; empty where no such CHECK is."""
        found = (check.values for check in self.checks.values() if check.column == column)
        return next(found, ())


@dataclass(frozen=True, eq=False)
class DatabaseDocument:
    """The database's contract.

    Attributes:
        version: the package version that froze it, or `next`.
        head: the newest migration that it includes.
        tables: by name.
    """

    version: str
    head: str
    tables: Mapping[str, Table]

    def dumps(self) -> str:
        """The text of the document's file: the same for the same contract, on every machine."""
        tables = {name: _table(self.tables[name]) for name in sorted(self.tables)}
        return dumps({"database": "cartsnitch", "version": self.version, "head": self.head, "tables": tables})


def _table(table: Table) -> dict[str, Any]:
    return {
        "owner": table.owner,
        "columns": {name: _column(column) for name, column in table.columns.items()},
        "primary_key": {name: list(key.columns) for name, key in table.primary_key.items()},
        "foreign_keys": {name: _foreign(table.foreign_keys[name]) for name in sorted(table.foreign_keys)},
        "unique": {name: list(table.unique[name].columns) for name in sorted(table.unique)},
        "checks": {name: _check(table.checks[name]) for name in sorted(table.checks)},
        "indexes": {name: _index(table.indexes[name]) for name in sorted(table.indexes)},
    }


def _column(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"type": column.type, "nullable": column.nullable}
    if column.default is not None:
        said["default"] = column.default
    return said | {"insert": str(column.insert), "update": str(column.update)}


def _foreign(key: ForeignKey) -> dict[str, Any]:
    return {
        "columns": list(key.columns),
        "table": key.table,
        "target": list(key.target),
        "ondelete": key.ondelete,
    }


def _check(check: Check) -> dict[str, Any]:
    if check.column is None:
        return {"sql": check.sql}
    return {"column": check.column, "values": list(check.values)}


def _index(index: Index) -> dict[str, Any]:
    said: dict[str, Any] = {"on": list(index.on), "unique": index.unique, "using": index.using}
    return said if index.where is None else said | {"where": index.where}
