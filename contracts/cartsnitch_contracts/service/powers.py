"""What a role may do in a database, by what Postgres says to it."""

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.service.refusals import INSUFFICIENT_PRIVILEGE

_STATEMENTS: Final = {
    "SELECT": "SELECT FROM {table} LIMIT 0",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = DEFAULT WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
}
"""Each needs one privilege. `EXPLAIN` has Postgres ask for it, and does nothing to any row."""


def privileges(connection: Connection, document: DatabaseDocument, table: str) -> set[str]:
    """What the connection's role may do with a table, as GRANT names it."""
    column = next(iter(document.tables[table].columns))
    return {
        privilege
        for privilege, statement in _STATEMENTS.items()
        if _may(connection, "EXPLAIN " + statement.format(table=f'public."{table}"', column=f'"{column}"'))
    }


def may_create(connection: Connection) -> bool:
    """Whether the connection's role may make a table; none stays."""
    return _may(connection, "CREATE TABLE public.cartsnitch_powers ()")


def _may(connection: Connection, statement: str) -> bool:
    try:
        connection.execute(text(statement))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        return False
    finally:
        connection.rollback()
    return True
