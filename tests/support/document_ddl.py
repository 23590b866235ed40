"""Tables made from a database document alone, and what PostgreSQL says of tables it has."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from cartsnitch_contracts.database import DatabaseDocument
from cartsnitch_contracts.database.document import Column, ForeignKey, Index, Table

_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'
"""
_INDEXES = """
    SELECT tablename, indexname, replace(indexdef, ' ON ' || quote_ident(schemaname) || '.', ' ON ')
    FROM pg_indexes WHERE schemaname = current_schema()
"""


def statements(document: DatabaseDocument) -> Iterator[str]:
    """The DDL that makes the document's tables, with nothing that the document does not say."""
    for name, table in document.tables.items():
        yield f"CREATE TABLE {name} ({', '.join(_parts(table))})"
        for index, what in table.indexes.items():
            yield _index(name, index, what)
    for name, table in document.tables.items():
        for key, foreign in table.foreign_keys.items():
            yield f"ALTER TABLE {name} ADD CONSTRAINT {key} {_foreign(foreign)}"


def catalogue(connection: Connection) -> dict[tuple[str, str], Any]:
    """What PostgreSQL says of the current schema's columns, constraints and indexes, by table and name."""
    return {
        (kind, *row[:2]): tuple(row[2:])
        for kind, query in (("column", _COLUMNS), ("constraint", _CONSTRAINTS), ("index", _INDEXES))
        for row in connection.exec_driver_sql(query)
        if row[0] != "alembic_version"
    }


def _parts(table: Table) -> Iterator[str]:
    for name, column in table.columns.items():
        yield f"{name} {_column(column)}"
    for name, key in table.primary_key.items():
        yield f"CONSTRAINT {name} PRIMARY KEY ({', '.join(key.columns)})"
    for name, key in table.unique.items():
        yield f"CONSTRAINT {name} UNIQUE ({', '.join(key.columns)})"
    for name, check in table.checks.items():
        yield f"CONSTRAINT {name} CHECK ({check.sql})"


def _column(column: Column) -> str:
    default = "" if column.default is None else f" DEFAULT {column.default}"
    return f"{column.type}{default}{'' if column.nullable else ' NOT NULL'}"


def _index(table: str, name: str, index: Index) -> str:
    unique, where = "UNIQUE " * index.unique, f" WHERE {index.where}" if index.where else ""
    return f"CREATE {unique}INDEX {name} ON {table} USING {index.using} ({', '.join(index.on)}){where}"


def _foreign(key: ForeignKey) -> str:
    columns, target = ", ".join(key.columns), ", ".join(key.target)
    return f"FOREIGN KEY ({columns}) REFERENCES {key.table} ({target}) ON DELETE {key.ondelete}"
