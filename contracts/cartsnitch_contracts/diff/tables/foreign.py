"""Foreign keys: does each row find its parent, and does deleting a parent do what its deleter expects?"""

from collections.abc import Iterator

from cartsnitch_contracts.database.document import DatabaseDocument, ForeignKey
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection, Statement
from cartsnitch_contracts.diff.tables.rows import ORPHAN, Rows
from cartsnitch_contracts.diff.tables.statements import delete

REFUSING = frozenset({"RESTRICT", "NO ACTION"})


def same(left: ForeignKey, right: ForeignKey) -> bool:
    """Whether two keys refer alike, whatever happens at a deletion."""
    return (left.columns, left.table, left.target) == (right.columns, right.table, right.target)


def foreign_objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    """What the foreign keys of a table, in either document, do to the mappers of `sender`."""
    sends = sender.tables[table].foreign_keys if table in sender.tables else {}
    takes = schema.tables[table].foreign_keys
    for name, key in takes.items():
        mine = next((each for each in sends.values() if same(each, key)), None)
        if key.table not in schema.tables:
            continue
        if mine is not None:
            yield from _deleted(sender, schema, table, name, mine.ondelete)
            continue
        if table in sender.tables and set(key.columns) <= set(sender.tables[table].columns):
            yield _orphan(Rows(schema, sender), table, name, key)
        if key.table in sender.tables and not _refused_already(sender, key.table):
            yield from _deleted(sender, schema, table, name, "CASCADE")
    for name, mine in sends.items():
        dropped = not any(same(mine, key) for key in takes.values())
        left = set(mine.columns) <= set(schema.tables[table].columns) and mine.table in schema.tables
        if dropped and left and mine.ondelete not in REFUSING:
            reason = f"deleting from {mine.table} leaves the rows of {table} behind, which refer to nothing"
            yield Objection(Aspect.FOREIGN, name, Statement.DELETE, mine.table, reason=reason)


def _orphan(rows: Rows, table: str, name: str, key: ForeignKey) -> Objection:
    values = {column: rows.value(table, column, ORPHAN) for column in key.columns}
    message = f'insert or update on table "{table}" violates foreign key constraint "{name}"'
    return Objection(
        Aspect.FOREIGN, name, Statement.INSERT, table, rows.insert(table, values), "23503", message,
        rows.parents(table, without=[name]),
    )  # fmt: skip


def _refused_already(sender: DatabaseDocument, parent: str) -> bool:
    """Whether some other table refuses already that its parents are deleted."""
    keys = (key for table in sender.tables.values() for key in table.foreign_keys.values())
    return any(key.table == parent and key.ondelete in REFUSING for key in keys)


def _deleted(
    sender: DatabaseDocument, schema: DatabaseDocument, table: str, name: str, expected: str
) -> Iterator[Objection]:
    """What deleting a parent does, where its deleter expects another thing."""
    key = schema.tables[table].foreign_keys[name]
    action = key.ondelete
    if action == expected or {action, expected} <= REFUSING:
        return
    rows = Rows(schema, sender)
    values = {column: rows.value(table, column) for column in key.columns}
    before = (*rows.parents(table, values), rows.insert(table, values))
    sql = delete(key.table, {target: rows.value(key.table, target) for target in key.target})
    sqlstate, message, reason = "", "", ""
    of = f'foreign key constraint "{name}" on table "{table}"'
    column = next((each for each in key.columns if not schema.tables[table].columns[each].nullable), None)
    if action == "RESTRICT":
        sqlstate = "23001"  # before PostgreSQL 18 it is 23503
        message = f'update or delete on table "{key.table}" violates RESTRICT setting of {of}'
    elif action == "NO ACTION":
        sqlstate = "23503"
        message = f'update or delete on table "{key.table}" violates {of}'
    elif action == "SET NULL" and column is not None:
        sqlstate = "23502"
        message = f'null value in column "{column}" of relation "{table}" violates not-null constraint'
    else:
        becomes = {"CASCADE": "deletes", "SET NULL": "empties the reference of"}.get(action, "changes")
        usual = "was refused" if expected in REFUSING else f"was to {expected}"
        reason = f"deleting from {key.table} {usual}, and now {becomes} rows of {table}"
    yield Objection(Aspect.FOREIGN, name, Statement.DELETE, key.table, sql, sqlstate, message, before, reason)
