"""Rows as one release's models write and read them; beside `worker`, in the environment of the release.

Every table gets the same list of rows each time: two with only what the model demands, one with every column,
one with every column at its limit, and one for each value of an enum. Then all rows are read, and each is
written back. What a release can do on its own schema and not on another's is what the other one breaks.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Engine, Numeric, Table, UniqueConstraint, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.sql import visitors

from cartsnitch_common.models import Base

type Row = dict[str, Any]
type Outcome = dict[str, Any]


def work_on_all_tables(url: str) -> dict[str, dict[str, Outcome]]:
    """Per table and deed ("INSERT 0", "SELECT", ...) what came of it; parents before children.

    An outcome is empty, or holds statement, SQLSTATE and message of what the server refused. A row whose
    parent has none is left out.
    """
    engine = create_engine(url)
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    parents: dict[str, list[Row]] = {}
    try:
        return {
            table.name: dict(_deeds(engine, table, models[table], parents))
            for table in Base.metadata.sorted_tables
        }
    finally:
        engine.dispose()


def _deeds(
    engine: Engine, table: Table, model: Any, parents: dict[str, list[Row]]
) -> Iterator[tuple[str, Outcome]]:
    written = parents.setdefault(table.name, [])
    needed = [column.target for column in _keys(table) if not column.parent.nullable]
    if all(parents.get(target) for target in needed):
        for number, values in enumerate(_rows(table, parents)):
            row = model(**values)
            key = row.id
            outcome = _attempt(engine, lambda session, row=row: session.add(row))
            if "sqlstate" not in outcome:
                written.append({**values, "id": key})
            yield f"INSERT {number}", outcome
    yield "SELECT", _attempt(engine, lambda session: session.scalars(select(model)).all())
    yield "UPDATE", _attempt(engine, lambda session: _write_back(session, table, model))


class _Key:
    """A foreign key of one column."""

    def __init__(self, parent: Column[Any], target: str) -> None:
        self.parent, self.target = parent, target


def _keys(table: Table) -> list[_Key]:
    return [_Key(key.parent, key.target_fullname.partition(".")[0]) for key in table.foreign_keys]


def _attempt(engine: Engine, action: Any) -> Outcome:
    with Session(engine) as session:
        try:
            action(session)
            session.commit()
        except DBAPIError as error:
            return {
                "sql": error.statement,
                "sqlstate": getattr(error.orig, "sqlstate", None),
                "message": str(error.orig).partition("\n")[0],
            }
    return {}


def _write_back(session: Session, table: Table, model: Any) -> None:
    names = {column.key for column in table.columns if not column.primary_key}
    for row in session.scalars(select(model)):
        for attribute in model.__mapper__.column_attrs:
            if attribute.columns[0].key in names:
                flag_modified(row, attribute.key)


def _rows(table: Table, parents: dict[str, list[Row]]) -> Iterator[Row]:
    plain = [column for column in table.columns if not column.primary_key and not _sealed(column)]
    least = [
        column
        for column in plain
        if not column.nullable and column.default is None and column.server_default is None
    ]
    number = 0
    for columns, largest in ((least, False), (least, False), (plain, False), (plain, True)):
        yield _row(table, columns, parents, number, largest=largest)
        number += 1
    for column in plain:
        for member in _members(column):
            yield {**_row(table, least, parents, number, largest=False), column.key: member}
            number += 1


def _row(
    table: Table, columns: list[Column[Any]], parents: dict[str, list[Row]], number: int, *, largest: bool
) -> Row:
    targets = {key.parent.key: key.target for key in _keys(table)}
    unique = _unique(table)
    row: Row = {}
    for column in columns:
        if column.key in targets:
            known = parents.get(targets[column.key], [])
            row[column.key] = known[number % len(known)]["id"] if known else None
        else:
            value = _value(column, largest=largest)
            row[column.key] = _varied(column, value, number) if column.key in unique else value
    return row


def _unique(table: Table) -> set[str]:
    """The columns that take part in uniqueness, also within an expression."""
    named = {
        column.key
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    for index in table.indexes:
        for expression in index.expressions if index.unique else ():
            parts = visitors.iterate(expression)  # type: ignore[arg-type]
            named |= {str(part.key) for part in parts if isinstance(part, Column)}
    return named


def _varied(column: Column[Any], value: Any, number: int) -> Any:
    members = _members(column)
    if members:
        return members[number % len(members)]
    if isinstance(value, str):
        return f"{number}{value}"[: max(len(value), len(str(number)))]
    if isinstance(value, date):
        return date.fromordinal(date(2000, 1, 1).toordinal() + number)
    return number


def _sealed(column: Column[Any]) -> bool:
    return type(column.type).__name__ == "SealedJSON"


def _members(column: Column[Any]) -> list[str]:
    enum = getattr(column.type, "enum", None)
    return [member.value for member in enum] if enum else []


def _value(column: Column[Any], *, largest: bool) -> Any:
    if _members(column):
        return _members(column)[0]
    kind = column.type.python_type
    if kind is str:
        longest = getattr(column.type, "length", None) or 1_000
        return "x" * longest if largest else "x"
    if kind is Decimal or isinstance(getattr(column.type, "impl", None), Numeric):
        digits, places = column.type.precision, column.type.scale  # type: ignore[attr-defined]
        return Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places) if largest else Decimal(1)
    return {
        UUID: uuid4(),
        date: date(9999, 12, 31) if largest else date(2026, 3, 9),
        datetime: datetime(2026, 3, 9, 12, tzinfo=UTC),
        bool: largest,
        int: 2**31 - 1 if largest else 1,
        float: 42.5,
        dict: {"a": 1},
        list: ["4011"],
    }.get(kind)
