"""Everything that one version's schema does not take of what another version's mappers send."""

from collections.abc import Iterator

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.diff.tables.checks import check_objections
from cartsnitch_contracts.diff.tables.columns import column_objections
from cartsnitch_contracts.diff.tables.foreign import foreign_objections
from cartsnitch_contracts.diff.tables.keys import index_objections, unique_objections
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection, Statement
from cartsnitch_contracts.diff.tables.statements import select


def objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> list[Objection]:
    """What goes wrong at one table, in the order in which a developer would look at it.

    Each is judged alone: its statement leaves out what else is wrong with the table.
    """
    return list(_objections(sender, schema, table))


def _objections(sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> Iterator[Objection]:
    if table not in schema.tables:
        if table in sender.tables:
            column = next(iter(sender.tables[table].columns), "*")
            sql, message = select(table, column), f'relation "{table}" does not exist'
            yield Objection(Aspect.TABLE, table, Statement.SELECT, table, sql, "42P01", message)
        return
    if table in sender.tables:
        yield from column_objections(sender, schema, table)
        yield from check_objections(sender, schema, table)
        yield from unique_objections(sender, schema, table)
    yield from foreign_objections(sender, schema, table)
    if table in sender.tables:
        yield from index_objections(sender, schema, table)
