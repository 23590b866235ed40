"""Reading a database document's file, which may have been written by hand."""

from collections.abc import Callable, Mapping
from typing import Any

from cartsnitch_contracts.database.document import (
    Check,
    Column,
    DatabaseDocument,
    ForeignKey,
    Index,
    Key,
    Sends,
    Sets,
    Table,
    enum_check,
)
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.text import parse

_AS_EXPORTED = "Give a file as 'cartsnitch contracts export' writes it."


def loads(text: str | bytes, *, source: str) -> DatabaseDocument:
    """Read a document's file; `source` names it in errors.

    Parts that are left out are empty; a column without `nullable` is NOT NULL, and without `insert` sends
    what a mapper of such a column does: NULL when it is nullable, nothing when it has a default.

    Raises:
        DocumentError: it is not JSON, or no database document.
    """
    raw = parse(text, source=source, remedy=_AS_EXPORTED)
    try:
        return read(raw)
    except _NotADocumentError as error:
        raise DocumentError(f"{source} is no database document: {error}. {_AS_EXPORTED}") from None


def read(raw: Any) -> DatabaseDocument:
    """The same from parsed JSON; raises a ValueError that names the place."""
    part = _Part(raw, "the document")
    tables = part.parts("tables", _table, required=True)
    for name, table in tables.items():
        _refers_to_columns(name, table, tables)
    return DatabaseDocument(part.text("version", "next"), part.text("head", ""), tables)


def _refers_to_columns(name: str, table: Table, tables: Mapping[str, Table]) -> None:
    """Keys and checks are of columns that are there."""
    used = {key: each.columns for key, each in (*table.primary_key.items(), *table.unique.items())}
    used |= {key: each.columns for key, each in table.foreign_keys.items()}
    used |= {key: (each.column,) for key, each in table.checks.items() if each.column is not None}
    for key, columns in used.items():
        if not columns or not set(columns) <= table.columns.keys():
            raise _NotADocumentError(f"{key} in the document.{name} is of columns that are not there")
    for key, foreign in table.foreign_keys.items():
        known = foreign.table not in tables or set(foreign.target) <= tables[foreign.table].columns.keys()
        if not known or len(foreign.target) != len(foreign.columns):
            raise _NotADocumentError(f"{key} in the document.{name} refers to columns that are not there")


class _NotADocumentError(ValueError):
    """What is wrong, and where."""


class _Part:
    """A JSON object at a named place."""

    def __init__(self, raw: Any, place: str) -> None:
        if not isinstance(raw, dict):
            raise _NotADocumentError(f"{place} is no object")
        self.raw, self.place = raw, place

    def get(self, key: str, kind: type, default: Any, what: str) -> Any:
        value = self.raw.get(key, default)
        if value is ...:
            raise _NotADocumentError(f"{self.place} has no {key!r}")
        if value is not None and type(value) is not kind:
            raise _NotADocumentError(f"{key!r} in {self.place} is not {what}")
        if value is None and default is not None:
            raise _NotADocumentError(f"{key!r} in {self.place} is not {what}")
        return value

    def text(self, key: str, default: Any = ...) -> Any:
        return self.get(key, str, default, "text")

    def flag(self, key: str) -> bool:
        return bool(self.get(key, bool, False, "true or false"))

    def names(self, key: str, default: Any = ...) -> tuple[str, ...]:
        return _names(self.get(key, list, default, "a list"), f"{key!r} in {self.place}")

    def parts[P](self, key: str, make: Callable[[Any, str], P], *, required: bool = False) -> Mapping[str, P]:
        value = self.get(key, dict, ... if required else {}, "an object")
        return {name: make(item, f"{self.place}.{name}") for name, item in value.items()}


def _names(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _NotADocumentError(f"{place} is no list of names")
    return tuple(value)


def _table(raw: Any, place: str) -> Table:
    part = _Part(raw, place)
    return Table(
        owner=part.text("owner", ""),
        columns=part.parts("columns", _column, required=True),
        primary_key=part.parts("primary_key", _key),
        foreign_keys=part.parts("foreign_keys", _foreign_key),
        unique=part.parts("unique", _key),
        checks=part.parts("checks", _check),
        indexes=part.parts("indexes", _index),
    )


def _column(raw: Any, place: str) -> Column:
    part = _Part(raw, place)
    nullable, default = part.flag("nullable"), part.text("default", None)
    usual = Sends.OMITTED if default is not None else Sends.NULL if nullable else Sends.VALUE
    try:
        insert, update = Sends(part.text("insert", str(usual))), Sets(part.text("update", "when changed"))
    except ValueError as error:
        raise _NotADocumentError(f"{place}: {error}") from None
    return Column(part.text("type"), nullable, default, insert, update)


def _key(raw: Any, place: str) -> Key:
    return Key(_names(raw, place))


def _foreign_key(raw: Any, place: str) -> ForeignKey:
    part = _Part(raw, place)
    return ForeignKey(
        part.names("columns"), part.text("table"), part.names("target"), part.text("ondelete", "NO ACTION")
    )


def _check(raw: Any, place: str) -> Check:
    part = _Part(raw, place)
    column = part.text("column", None)
    return Check(part.text("sql")) if column is None else enum_check(column, part.names("values"))


def _index(raw: Any, place: str) -> Index:
    part = _Part(raw, place)
    return Index(part.names("on"), part.flag("unique"), part.text("using", "btree"), part.text("where", None))
