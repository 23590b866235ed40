"""CHECKs: can a mapper send a value that the schema's condition refuses?"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from cartsnitch_contracts.database.document import Check, Column, DatabaseDocument, Table
from cartsnitch_contracts.diff.tables.conditions import Range, outside, range_of, ranges_of
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection, Statement
from cartsnitch_contracts.diff.tables.rows import Rows
from cartsnitch_contracts.diff.tables.sqltypes import LARGEST, TEXTS, parse


def check_objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    """The CHECKs of a table in `schema` that values from the mappers of `sender` may not keep."""
    sends, takes = sender.tables[table], schema.tables[table]
    known = {_plain(check.sql) for check in sends.checks.values()}
    for name, check in takes.checks.items():
        if _plain(check.sql) in known:
            continue
        if check.column is not None:
            refused = _word(sends, takes, check)
        elif (limits := range_of(check)) is not None:
            refused = _number(sends, takes, limits)
        else:
            refused = f"whether every row keeps CHECK ({check.sql}) cannot be told from the documents"
        if isinstance(refused, str):
            yield Objection(Aspect.CHECK, name, Statement.INSERT, table, reason=refused)
        elif refused is not None:
            column, literal = refused
            values = {column: literal} if column in sends.columns else {}
            message = f'new row for relation "{table}" violates check constraint "{name}"'
            sql = Rows(schema, sender).insert(table, values)
            yield Objection(Aspect.CHECK, name, Statement.INSERT, table, sql, "23514", message)


type _Refused = tuple[str, str] | str | None
"""A column and a literal that is refused; why that is not known; or nothing is refused."""


def _word(sends: Table, takes: Table, check: Check) -> _Refused:
    column = check.column or ""
    if column not in sends.columns:
        return _default(takes.columns.get(column), column, lambda text: text in check.values)
    if parse(sends.columns[column].type).kind not in TEXTS:
        return None  # the type itself is refused
    values = sends.values_of(column) or ("?",)
    wrong = next((value for value in values if value not in check.values), None)
    return None if wrong is None else _undecided(sends, column) or (column, f"'{wrong}'")


def _number(sends: Table, takes: Table, limits: Range) -> _Refused:
    column = limits.column
    if column not in sends.columns:
        return _default(takes.columns.get(column), column, lambda text: limits.holds(Decimal(text)))
    kind = parse(sends.columns[column].type)
    if kind.kind not in LARGEST and kind.kind != "numeric":
        return f"values of {column} are {kind.kind}, whose range is not known here"
    step = Decimal(1)
    wanted = ranges_of(sends, column)
    for each in (kind, parse(takes.columns[column].type) if column in takes.columns else kind):
        if each.kind in LARGEST:
            wanted.append(Range(column, Decimal(-LARGEST[each.kind] - 1), Decimal(LARGEST[each.kind])))
        elif each.digits is not None:
            end, step = Decimal(10) ** each.digits[0], Decimal(1).scaleb(-each.digits[1])
            wanted.append(Range(column, -end, end, low_closed=False, high_closed=False))
    wrong = outside(wanted, limits, step)
    return None if wrong is None else _undecided(sends, column) or (column, f"{wrong:f}")


def _default(column: Column | None, name: str, holds: Callable[[str], bool]) -> _Refused:
    """A mapper that does not know the column stores its default, or NULL, which every CHECK takes."""
    if column is None or column.default is None:
        return None
    text = column.default.partition("::")[0].strip("'")
    try:
        return None if holds(text) else (name, column.default)
    except ArithmeticError:
        return f"whether the default {column.default} keeps it cannot be told from the documents"


def _undecided(sends: Table, column: str) -> str | None:
    """A condition on the column, on the sender's side, that cannot be decided here."""
    for check in sends.checks.values():
        other = check.column is None and range_of(check) is None
        if other and re.search(rf"\b{re.escape(column)}\b", check.sql):
            return f"whether its own CHECK ({check.sql}) lets only such values through is not known here"
    return None


def _plain(sql: str) -> str:
    return " ".join(sql.split())
