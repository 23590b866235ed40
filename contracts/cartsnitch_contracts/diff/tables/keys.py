"""Unique keys and indexes: can a mapper send rows that the schema takes for the same, or cannot index?"""

import re
from collections.abc import Iterator

from cartsnitch_contracts.database.document import DatabaseDocument, Table
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection, Statement
from cartsnitch_contracts.diff.tables.rows import Rows
from cartsnitch_contracts.diff.tables.sqltypes import TEXTS, SqlType, parse

BTREE_MOST = 2704
"""Bytes of an entry of a B-tree, see BTMaxItemSize in PostgreSQL's nbtree.h."""
_LONG = "(SELECT string_agg(chr(65536 + mod(i * 7919, 50000)), '') FROM generate_series(1, {0}) AS i)"
"""So many characters of four bytes, which PostgreSQL cannot compress."""


def unique_keys(table: Table) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """What makes a row unique, by the constraint's name: columns or expressions, and a condition."""
    keys = {**table.primary_key, **table.unique}
    found: dict[str, tuple[tuple[str, ...], str | None]] = {
        name: (key.columns, None) for name, key in keys.items()
    }
    indexes = {name: (index.on, index.where) for name, index in table.indexes.items() if index.unique}
    return found | indexes


def unique_objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    """The unique keys of a table in `schema` that two rows from the mappers of `sender` may share."""
    sends, takes = sender.tables[table], schema.tables[table]
    known = [(set(on), where) for on, where in unique_keys(sends).values()]
    for name, (on, where) in unique_keys(takes).items():
        if any(mine <= set(on) and condition in (None, where) for mine, condition in known):
            continue
        columns = [column for column in takes.columns if _mentions(on, column)]
        sent = [column for column in columns if column in sends.columns]
        unset = [takes.columns[column] for column in columns if column not in sent]
        if any(column.default is None or column.default.endswith("()") for column in unset):
            continue  # NULLs differ from each other, and so does what a function makes
        if where is not None:
            reason = f"whether two of its rows meet WHERE {where} cannot be told from the documents"
            yield Objection(Aspect.UNIQUE, name, Statement.INSERT, table, reason=reason)
            continue
        yield _twice(Rows(schema, sender), table, name, sent)


def _mentions(on: tuple[str, ...], column: str) -> bool:
    return any(re.search(rf"\b{re.escape(column)}\b", expression) for expression in on)


def _twice(rows: Rows, table: str, name: str, shared: list[str]) -> Objection:
    same = {column: rows.value(table, column) for column in shared}
    differing = [
        column
        for on, _ in unique_keys(rows.sender.tables[table]).values()
        for column in on
        if column in rows.schema.tables[table].columns and column not in shared
    ]
    values = [{column: rows.value(table, column, number) for column in differing} | same for number in (1, 2)]
    before = [
        *rows.parents(table, values[0]),
        rows.insert(table, values[0]),
        *rows.parents(table, differing, 2),
    ]
    second = rows.insert(table, _kept(rows, table) | values[1], 2)
    message = f'duplicate key value violates unique constraint "{name}"'
    return Objection(
        Aspect.UNIQUE, name, Statement.INSERT, table, second, "23505", message, tuple(dict.fromkeys(before))
    )


def _kept(rows: Rows, table: str) -> dict[str, str]:
    """The second row's parents are the first's, where they need not differ."""
    parents = {column for key in rows.schema.tables[table].foreign_keys.values() for column in key.columns}
    needed = rows.insert_values(table)
    return {column: value for column, value in needed.items() if column in parents}


def index_objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    """The B-trees of a table in `schema` that texts from the mappers of `sender` may be too long for."""
    sends, takes = sender.tables[table], schema.tables[table]
    known = {index.on for index in sends.indexes.values()} | {on for on, _ in unique_keys(sends).values()}
    indexes = {name: (i.on, i.where) for name, i in takes.indexes.items() if i.using == "btree"}
    for name, (on, where) in {**unique_keys(takes), **indexes}.items():
        long = [column for column in on if _bytes(sends, column) > BTREE_MOST and column in takes.columns]
        if on in known or not long:
            continue
        if where is not None or len(on) > 1:
            reason = f"a text of over {BTREE_MOST} bytes does not fit into the index"
            yield Objection(Aspect.INDEX, name, Statement.INSERT, table, reason=reason)
            continue
        rows, most = Rows(schema, sender), _characters(parse(takes.columns[on[0]].type))
        sql = rows.insert(table, {on[0]: _LONG.format(most)})
        size = -(-(4 * most + 12) // 8) * 8  # text and tuple headers, aligned
        message = f'index row size {size} exceeds btree version 4 maximum {BTREE_MOST} for index "{name}"'
        yield Objection(Aspect.INDEX, name, Statement.INSERT, table, sql, "54000", message)


def _bytes(table: Table, column: str) -> int:
    if column not in table.columns or table.values_of(column):
        return 0
    kind = parse(table.columns[column].type)
    return 4 * _characters(kind) if kind.kind in TEXTS else 0


def _characters(kind: SqlType) -> int:
    return min(kind.length or 1000, 1000)
