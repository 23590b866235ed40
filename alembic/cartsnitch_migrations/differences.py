"""How a database differs from the models, in sentences."""

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ClauseElement,
    Connection,
    Dialect,
    Inspector,
    MetaData,
    Table,
    inspect,
)

COMPARISON: Final = {"compare_type": True, "compare_server_default": True}
"""What Alembic's comparison is asked to look at, beside tables, columns and indexes."""

_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")


def describe(differences: Iterable[Any], dialect: Dialect) -> list[str]:
    """What Alembic's comparison found: changes (or lists of them) that the database still needs."""
    changes = [change for entry in differences for change in (entry if isinstance(entry, list) else [entry])]
    missing = {change[1].name for change in changes if change[0] == "add_table"}
    return [
        _sentence(change, dialect)
        for change in changes
        if not (change[0] == "add_index" and change[1].table.name in missing)  # it comes with its table
    ]


def overlooked(connection: Connection, metadata: MetaData) -> list[str]:
    """What Alembic's comparison does not look at: CHECK constraints and the kinds of indexes."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in present]
    return [line for table in tables for line in [*_checks(inspector, table), *_indexes(inspector, table)]]


def _checks(inspector: Inspector, table: Table) -> Iterable[str]:
    models = {
        str(check.name): _literals(
            str(check.sqltext.compile(inspector.bind, compile_kwargs={"literal_binds": True}))
        )
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    database = {
        str(check["name"]): _literals(check["sqltext"])
        for check in inspector.get_check_constraints(table.name)
    }
    for name in sorted(models.keys() | database.keys()):
        if name not in database:
            yield f"{table.name}: the CHECK {name} is missing"
        elif name not in models:
            yield f"{table.name}: the CHECK {name} is unknown to the models"
        elif models[name] != database[name]:
            found, wanted = _list(database[name]), _list(models[name])
            yield f"{table.name}: the CHECK {name} names {found}, in the models {wanted}"


def _indexes(inspector: Inspector, table: Table) -> Iterable[str]:
    database = {
        str(index["name"]): index.get("dialect_options", {}).get("postgresql_using") or "btree"
        for index in inspector.get_indexes(table.name)
    }
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        kind = index.dialect_options["postgresql"]["using"] or "btree"
        found = database.get(str(index.name), kind)  # a missing one is Alembic's to find
        if found != kind:
            yield f"{table.name}: the index {index.name} is {found}, in the models {kind}"


def _literals(sql: str) -> frozenset[str]:
    """The values in a condition: PostgreSQL rewrites the rest of it."""
    return frozenset(_LITERAL.findall(sql))


def _list(literals: Iterable[str]) -> str:
    return ", ".join(sorted(literals)) or "nothing"


def _sentence(change: tuple[Any, ...], dialect: Dialect) -> str:
    action, *details = change
    if action.startswith("modify_"):
        _, table, column, _, found, wanted = details
        what = action.removeprefix("modify_").replace("_", " ")
        return f"{table}.{column}: {what} is {_text(found, dialect)}, in the models {_text(wanted, dialect)}"
    verdict = "is missing" if action.startswith("add_") else "is unknown to the models"
    if action.endswith("_column"):
        _, table, column = details
        return f"{table}: the column {column.name} {verdict}"
    item = details[0]
    kind = action.partition("_")[2].replace("_", " ").replace("fk", "foreign key")
    place = "" if isinstance(item, Table) else f"{item.table.name}: "
    return f"{place}the {kind} {item.name} {verdict}"


def _text(value: Any, dialect: Dialect) -> str:
    """A type, a server default or a flag, as SQL writes it."""
    plain = getattr(value, "arg", value)
    if isinstance(plain, ClauseElement):
        return str(plain.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return "none" if plain is None else str(plain)
