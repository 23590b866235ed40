"""Every statement that the mappers of some models send to their tables, really sent to a schema.

What a version of the models can do on its own schema and not on another is a break, told by PostgreSQL alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, func, select, text
from sqlalchemy import types as t
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import DeclarativeBase, Session

from cartsnitch_contracts.database.document import DatabaseDocument, ForeignKey, Sends, Table

SHORT, LONG, OTHER = "aaa", "x", "?"


@dataclass(frozen=True)
class Outcome:
    """What came of an action: PostgreSQL's code for its failure, or what is stored now."""

    sqlstate: str
    stored: Any = None


class Battery:
    """All actions of one version's models; `other` is the version whose rows may be there too."""

    def __init__(
        self, base: type[DeclarativeBase], document: DatabaseDocument, other: DatabaseDocument
    ) -> None:
        self.document, self.other = document, other
        self.classes = {str(mapper.local_table): mapper.class_ for mapper in base.registry.mappers}
        self.keys = [
            (name, key)
            for each in (document, other)
            for name, table in each.tables.items()
            for key in table.foreign_keys.values()
        ]

    def run(self, connection: Connection) -> dict[str, Outcome]:
        """Send everything, each action rolled back."""
        return {name: self._try(connection, action) for name, action in self.actions()}

    def stops(self, connection: Connection, ddl: Iterable[str]) -> bool:
        """Whether the DDL fails on a row that one of the actions leaves behind."""

        def migrate(session: Session, action: Callable[[Session], Any]) -> None:
            action(session)
            for statement in ddl:
                session.connection().exec_driver_sql(statement)

        stored = [
            (name, action)
            for name, action in self.actions()
            if name.startswith(("insert", "twins", "update"))
        ]
        works = [action for _, action in stored if not self._try(connection, action).sqlstate]
        return any(self._try(connection, lambda s, a=action: migrate(s, a)).sqlstate for action in works)

    def _try(self, connection: Connection, action: Callable[[Session], Any]) -> Outcome:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            try:
                return Outcome("", action(session))
            except DBAPIError as error:
                return Outcome(error.orig.sqlstate)
            except StatementError:
                return Outcome("client")
            finally:
                session.rollback()

    def actions(self) -> Iterator[tuple[str, Callable[[Session], Any]]]:
        for name, model in self.classes.items():
            yield f"select {name}", lambda s, m=model: s.scalars(select(m)).all() and None
            yield f"insert {name}, needed only", lambda s, n=name: self._needed(s, n)
            for column in filter(self._touched, model.__table__.columns):
                yield f"get {name} by {column.name}", lambda s, c=column, n=name: self._get(s, n, c)
                for index, value in enumerate(self._edges(column)):
                    what = f"{name}.{column.name} #{index}"
                    yield f"insert {what}", lambda s, n=name, c=column, v=value: self._insert(s, n, c, v)
                    if index == 0 or value is None:
                        yield f"update {what}", lambda s, n=name, c=column, v=value: self._update(s, n, c, v)
            yield f"insert two {name}", lambda s, n=name: self._twins(s, n, ())
            for columns in self._unique(name):
                label = f"twins {name} ({', '.join(columns)})"
                yield label, lambda s, n=name, c=columns: self._twins(s, n, c)
        for child, key in self.keys:
            if key.table in self.classes:
                yield f"delete {key.table} of {child}", lambda s, c=child, k=key: self._delete(s, c, k)
            if child in self.classes:
                yield f"insert orphan {child}", lambda s, c=child, k=key: self._orphan(s, c, k)

    def _touched(self, column: Column[Any]) -> bool:
        """Whether a column, or a constraint on it, is another in the other version."""
        mine, theirs = (each.tables.get(column.table.name) for each in (self.document, self.other))
        return theirs is not None and _about(mine, column.name) != _about(theirs, column.name)

    # -- rows

    def values(self, name: str, number: int = 1, *, full: bool = False) -> dict[str, Any]:
        """What a row of that number has: the attributes needed, or all."""
        table = self.document.tables[name]
        keys = {column for key in table.primary_key.values() for column in key.columns}
        return {
            column: self.value(name, column, number)
            for column, what in table.columns.items()
            if full or what.insert is Sends.VALUE or column in keys
        }

    def value(self, name: str, column: str, number: int) -> Any:
        table = self.document.tables[name]
        for key in table.foreign_keys.values():
            if column in key.columns and key.table != name:
                return self.value(key.table, key.target[key.columns.index(column)], number)
        words = table.values_of(column)
        if words:
            return words[(number - 1) % len(words)]
        return _plain(self.classes[name].__table__.c[column].type, number)

    def make(
        self,
        session: Session,
        name: str,
        values: Mapping[str, Any] | None = None,
        number: int = 1,
        *,
        without: ForeignKey | None = None,
    ) -> Any:
        """A stored row, its parents stored before it unless they are there."""
        chosen = {**self.values(name, number), **(values or {})}
        for key in self.document.tables[name].foreign_keys.values():
            wanted = {c: chosen.get(c) for c in key.columns}
            if key == without or None in wanted.values() or key.table == name:
                continue
            target = dict(zip(key.target, wanted.values(), strict=True))
            model = self.classes[key.table]
            columns = [getattr(model, column) for column in key.target]
            if session.execute(select(*columns).filter_by(**target)).first() is None:
                self.make(session, key.table, target, number)
        row = self.classes[name](**chosen)
        session.add(row)
        session.flush()
        return row

    # -- actions

    def _needed(self, session: Session, name: str) -> Any:
        row = self.make(session, name)
        session.expire_all()
        return {column: type(getattr(row, column)) for column in self.document.tables[name].columns}

    def _insert(self, session: Session, name: str, column: Column[Any], value: Any) -> Any:
        row = self.make(session, name, {column.name: value})
        session.expire_all()
        return getattr(row, column.name)

    def _update(self, session: Session, name: str, column: Column[Any], value: Any) -> Any:
        row = self.make(session, name)
        setattr(row, column.name, value)
        session.flush()
        session.expire_all()
        return getattr(row, column.name)

    def _get(self, session: Session, name: str, column: Column[Any]) -> None:
        table = self.document.tables[name]
        keys = {c for key in (*table.primary_key.values(), *table.foreign_keys.values()) for c in key.columns}
        if column.name in keys:
            session.scalars(
                select(self.classes[name]).where(column == self.value(name, column.name, 1))
            ).all()

    def _unique(self, name: str) -> set[tuple[str, ...]]:
        found = set()
        for table in (each.tables.get(name) for each in (self.document, self.other)):
            if table is not None:
                found |= {key.columns for key in (*table.primary_key.values(), *table.unique.values())}
                found |= {index.on for index in table.indexes.values() if index.unique}
        known = self.document.tables[name].columns
        return {
            tuple(column for column in known if any(re.search(rf"\b{column}\b", each) for each in on))
            for on in found
        } - {()}

    def _twins(self, session: Session, name: str, columns: tuple[str, ...]) -> None:
        first, second = self.values(name, 1, full=True), self.values(name, 2, full=True)
        self.make(session, name, first)
        self.make(session, name, second | {column: first[column] for column in columns if column in first}, 2)

    def _orphan(self, session: Session, child: str, key: ForeignKey) -> None:
        columns = [column for column in key.columns if column in self.document.tables[child].columns]
        table = self.classes[child].__table__
        nowhere = {column: _plain(table.c[column].type, 9) for column in columns}
        self.make(session, child, nowhere, without=key)

    def _delete(self, session: Session, child: str, key: ForeignKey) -> Any:
        parent = self.make(session, key.table, self.values(key.table))
        there = session.scalar(select(func.to_regclass(child))) is not None
        if there and child in self.classes and set(key.columns) <= set(self.document.tables[child].columns):
            target = zip(key.columns, key.target, strict=True)
            self.make(session, child, {column: getattr(parent, other) for column, other in target})
        elif there:
            session.execute(text(_raw_child(self.other, child, key, parent)))
        session.delete(parent)
        session.flush()
        if not there or child not in self.classes:
            return None
        return session.execute(text(f"SELECT count(*), count({key.columns[0]}) FROM {child}")).one()

    def _edges(self, column: Column[Any]) -> list[Any]:
        words = self.document.tables[column.table.name].values_of(column.name)
        edges = [*words, *_edges(column.type, self.other.tables.get(column.table.name), column.name)]
        return edges if not column.nullable else [*edges, None]


def _about(table: Table, column: str) -> list[Any]:
    """All that a document says of a column."""
    parts = (table.primary_key, table.foreign_keys, table.unique, table.checks, table.indexes)
    named = [each for part in parts for each in part.values() if re.search(rf"\b{column}\b", str(each))]
    return [table.columns.get(column), *named]


def _raw_child(other: DatabaseDocument, child: str, key: ForeignKey, parent: Any) -> str:
    """A child that only the other version knows, by plain SQL."""
    given = {column: getattr(parent, target) for column, target in zip(key.columns, key.target, strict=True)}
    named = [
        name for name, column in other.tables[child].columns.items() if not column.nullable or name in given
    ]
    values = [f"'{given[name]}'" if name in given else "'1'" for name in named]
    return f"INSERT INTO {child} ({', '.join(named)}) VALUES ({', '.join(values)})"


def _plain(kind: Any, number: int) -> Any:
    for sort, value in (
        (t.Uuid, UUID(int=number)),
        (t.Boolean, number % 2 == 0),
        (t.Integer, number),
        (t.Float, float(number)),
        (
            t.Numeric,
            Decimal(number)
            if _whole(kind)
            else Decimal(number).scaleb(-(kind.scale or 0) if isinstance(kind, t.Numeric) else 0),
        ),
        (t.DateTime, datetime(2026, 3, number, 12, tzinfo=UTC)),
        (t.Date, date(2026, 3, number)),
        (t.Interval, timedelta(number)),
        (t.JSON, {"n": number}),
    ):
        if isinstance(kind, sort):
            return value
    return chr(96 + number)


def _whole(kind: Any) -> bool:
    return not isinstance(kind, t.Numeric) or kind.precision is None or kind.precision > (kind.scale or 0)


def _edges(kind: Any, table: Any, column: str) -> list[Any]:
    if isinstance(kind, t.Integer):
        bits = 15 if isinstance(kind, t.SmallInteger) else 63 if isinstance(kind, t.BigInteger) else 31
        return [0, 1, -1, 2**bits - 1, -(2**bits)]
    if isinstance(kind, t.Float):
        return [0.5, 1e300 if kind.precision == 53 else 1e30]
    if isinstance(kind, t.Numeric):
        precision, scale = kind.precision or 40, kind.scale or 0
        most = Decimal(10**precision - 1).scaleb(-scale)
        return [Decimal(0), Decimal(1), -most, most, Decimal(1).scaleb(-scale)]
    if isinstance(kind, t.JSON):
        return [{"a": [1]}, {"a": "\0"}]
    if isinstance(kind, t.String):
        length = kind.length or 20_000
        # Four bytes each, and nothing that repeats: PostgreSQL cannot compress it.
        noise = "".join(chr(0x10000 + number * 7919 % 50_000) for number in range(min(length, 1000)))
        new = table.values_of(column) if table is not None else ()
        return [SHORT[:length], OTHER, LONG * length, noise, *new]
    return [_plain(kind, 1), _plain(kind, 2)]
