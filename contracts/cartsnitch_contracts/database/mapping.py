"""A table's document, from its model: the DDL that it stands for and what its mapper sends."""

import re
from typing import Any

from sqlalchemy import CheckConstraint as SqlCheck
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index as SqlIndex
from sqlalchemy import Table as SqlTable
from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Mapper

from cartsnitch_contracts.database.document import (
    Check,
    Column,
    ForeignKey,
    Index,
    Key,
    Sends,
    Sets,
    Table,
    enum_check,
)
from cartsnitch_contracts.errors import DocumentError

_DIALECT: Any = psycopg.dialect()  # type: ignore[no-untyped-call]
_DDL: Any = _DIALECT.ddl_compiler(_DIALECT, None)
_NAMES = {"varchar": "character varying", "char": "character", "timestamp": "timestamp without time zone"}
_TYPE = re.compile(r"(?P<name>[A-Z ]+?) ?(?:\((?P<size>[\d, ]+)\))?(?P<rest>[A-Z ]*)")
_ENUM = re.compile(r"(\w+) IN \(('[^']*'(?:, '[^']*')*)\)")


def table_of(mapper: Mapper[Any], owner: str) -> Table:
    """The document of a model's table.

    Raises:
        DocumentError: a column is computed, an identity, a serial or deferred, which the document cannot say.
    """
    table = mapper.local_table
    assert isinstance(table, SqlTable)  # noqa: S101 (a model of this package is of one table)
    constraints = sorted(table.constraints, key=_name)
    return Table(
        owner=owner,
        columns={column.name: _column(mapper, column) for column in table.columns},
        primary_key={_name(table.primary_key): Key(tuple(column.name for column in table.primary_key))},
        foreign_keys={
            _name(key): _foreign_key(key) for key in sorted(table.foreign_key_constraints, key=_name)
        },
        unique={
            _name(key): Key(tuple(column.name for column in key.columns))
            for key in constraints
            if isinstance(key, UniqueConstraint)
        },
        checks={_name(check): _check(check) for check in constraints if isinstance(check, SqlCheck)},
        indexes={_name(index): _index(index) for index in sorted(table.indexes, key=_name)},
    )


def type_name(column: SqlColumn[Any]) -> str:
    """A column's type as PostgreSQL's format_type says it: `character varying(300)`."""
    ddl = column.type.compile(dialect=_DIALECT)
    match = _TYPE.fullmatch(ddl)
    if match is None:
        return ddl.lower()
    name, size = match["name"].lower() + match["rest"].lower(), (match["size"] or "").replace(" ", "")
    if name == "float":
        return "real" if size and int(size) <= 24 else "double precision"
    return _NAMES.get(name, name) + (f"({size})" if size else "")


def _column(mapper: Mapper[Any], column: SqlColumn[Any]) -> Column:
    prop = mapper.get_property_by_column(column)
    generated = column.computed is not None or column.identity is not None
    if generated or column is column.table.autoincrement_column or prop.deferred:
        raise DocumentError(
            f"{column} is computed, an identity, a serial or deferred: the database document cannot say "
            "what its mapper sends. Use a plain column with a default, or teach contracts.database about it."
        )
    has_default = column.server_default is not None
    return Column(
        type=type_name(column),
        nullable=bool(column.nullable),
        default=_DDL.get_column_default_string(column) if has_default else None,
        insert=_insert(column, has_default),
        update=Sets.CHANGED if column.onupdate is None else Sets.EACH,
    )


def _insert(column: SqlColumn[Any], has_default: bool) -> Sends:
    """What the unit of work puts into an INSERT, see `Mapper._insert_cols_as_none` of SQLAlchemy."""
    if column.default is not None:
        return Sends.CLIENT
    if has_default or column.type.should_evaluate_none:
        return Sends.OMITTED
    return Sends.NULL if column.nullable else Sends.VALUE


def _foreign_key(key: Any) -> ForeignKey:
    target = [element.target_fullname.split(".") for element in key.elements]
    return ForeignKey(
        columns=tuple(key.column_keys),
        table=target[0][0],
        target=tuple(column for _, column in target),
        ondelete=(key.ondelete or "NO ACTION").upper(),
    )


def _check(check: SqlCheck) -> Check:
    sql = _text(check.sqltext)
    enum = _ENUM.fullmatch(sql)
    if enum is None:
        return Check(sql)
    return enum_check(enum[1], re.findall(r"'([^']*)'", enum[2]))


def _index(index: SqlIndex) -> Index:
    options = index.dialect_options["postgresql"]
    where = options["where"]
    return Index(
        on=tuple(_text(expression) for expression in index.expressions),
        unique=bool(index.unique),
        using=options["using"] or "btree",
        where=None if where is None else _text(where),
    )


def _text(expression: Any) -> str:
    return _DDL.sql_compiler.process(expression, include_table=False, literal_binds=True)  # type: ignore[no-any-return]


def _name(constraint: Any) -> str:
    """The name as the DDL has it: cut to 63 bytes where the convention makes it longer."""
    return str(_DIALECT.identifier_preparer.format_constraint(constraint)).strip('"')
