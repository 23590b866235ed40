"""Columns: is each value that a mapper sends taken, and does each SELECT find its columns?"""

from collections.abc import Iterator

from cartsnitch_contracts.database.document import Column, DatabaseDocument, Sends
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection, Statement
from cartsnitch_contracts.diff.tables.rows import Rows
from cartsnitch_contracts.diff.tables.sqltypes import clash, comparable, parse
from cartsnitch_contracts.diff.tables.statements import select, update


def column_objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    """What the columns of a table in `schema` do to the mappers of `sender`; both have the table."""
    sends, takes = sender.tables[table], schema.tables[table]
    rows = Rows(schema, sender)
    for name, column in sends.columns.items():
        if name not in takes.columns:
            yield Objection(
                Aspect.PRESENCE, name, Statement.SELECT, table,
                select(table, name), "42703", f"column {table}.{name} does not exist",
            )  # fmt: skip
            continue
        yield from _type(rows, table, name)
        yield from _null(rows, table, name, column)
    for name, column in takes.columns.items():
        if name not in sends.columns and not column.nullable and column.default is None:
            yield _not_null(rows, table, name, Aspect.PRESENCE, left_out=True)


def _type(rows: Rows, table: str, name: str) -> Iterator[Objection]:
    sends, takes = rows.sender.tables[table], rows.schema.tables[table]
    sent, stored = parse(sends.columns[name].type), parse(takes.columns[name].type)
    found = clash(name, sent, stored, sends.values_of(name))
    if found is not None and found.sqlstate:
        sql = rows.insert(table, {name: found.literal})
        yield Objection(Aspect.TYPE, name, Statement.INSERT, table, sql, found.sqlstate, found.message)
    keys = {column for key in sends.primary_key.values() for column in key.columns}
    keys |= {column for key in sends.foreign_keys.values() for column in key.columns}
    if name in keys and not comparable(sent, stored) and found is not None:
        value = f"CAST(NULL AS {sends.columns[name].type})"
        message = f"operator does not exist: {stored.kind} = {sent.kind}"
        sql = select(table, name, value)
        yield Objection(Aspect.TYPE, name, Statement.SELECT, table, sql, "42883", message)
    if found is not None and not found.sqlstate:
        sql = rows.insert(table, {name: found.literal}) if found.literal else ""
        yield Objection(
            Aspect.TYPE, name, Statement.INSERT, table, sql, before=rows.parents(table), reason=found.message
        )


def _null(rows: Rows, table: str, name: str, column: Column) -> Iterator[Objection]:
    takes = rows.schema.tables[table].columns[name]
    if takes.nullable:
        if column.insert is Sends.OMITTED and takes.default is None:
            reason = "the row is stored with NULL, where its model expects the server's default"
            yield Objection(
                Aspect.DEFAULT, name, Statement.INSERT, table, rows.insert(table),
                before=rows.parents(table), reason=reason,
            )  # fmt: skip
    elif column.insert is Sends.OMITTED and takes.default is None:
        yield _not_null(rows, table, name, Aspect.NULL if column.nullable else Aspect.DEFAULT, left_out=True)
    elif column.nullable and column.insert is Sends.NULL:
        yield _not_null(rows, table, name, Aspect.NULL)
    elif column.nullable:
        values = {name: rows.value(table, name)}
        before = (*rows.parents(table, values), rows.insert(table, values))
        yield Objection(
            Aspect.NULL, name, Statement.UPDATE, table, update(table, name, "NULL"),
            "23502", _message(table, name), before,
        )  # fmt: skip


def _not_null(rows: Rows, table: str, name: str, aspect: Aspect, *, left_out: bool = False) -> Objection:
    sql = rows.insert(table, {} if left_out else {name: "NULL"}, leave_out=name if left_out else "")
    return Objection(aspect, name, Statement.INSERT, table, sql, "23502", _message(table, name))


def _message(table: str, name: str) -> str:
    return f'null value in column "{name}" of relation "{table}" violates not-null constraint'
