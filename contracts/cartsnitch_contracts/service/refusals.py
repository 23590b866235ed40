"""What Postgres means when it refuses a service something, and what the service does instead."""

import re
from collections.abc import Iterator
from typing import Any, Final

from cartsnitch_contracts.database.grants import Access
from cartsnitch_contracts.database.instead import instead_of
from cartsnitch_contracts.library import database, snapshot
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.topology import title

INSUFFICIENT_PRIVILEGE: Final = "42501"
_DENIED: Final = re.compile(r"permission denied for (?:table|relation|view) \"?(?P<table>\w+)\"?")
_WRITES: Final = r"\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO|TRUNCATE)\s+"
_SCHEMA: Final = (
    "The schema is made by the migrations of cartsnitch-common alone; a service's role changes rows only.\n"
    "  instead  add it to the models and migrations of cartsnitch-common, with the service as its owner"
)


def explanation(error: BaseException, declared: ServiceConfig) -> str | None:
    """What an error that reached a test says about the service's grants; None where it does not.

    Postgres' refusal may be anywhere in the error's chain, from whichever driver.
    """
    chain = list(_chain(error, set()))
    refusal = next((each for each in chain if _sqlstate(each) == INSUFFICIENT_PRIVILEGE), None)
    if refusal is None:
        return None
    denied = _DENIED.search(str(refusal))
    if denied is None:
        return _SCHEMA
    statements = (getattr(each, "statement", None) for each in chain)  # of SQLAlchemy's errors
    statement = next((each for each in statements if isinstance(each, str)), None)
    return _of_table(denied["table"], statement, declared)


def _of_table(table: str, statement: str | None, declared: ServiceConfig) -> str:
    tables = database().tables
    if table not in tables or tables[table].owner == declared.service:
        return _SCHEMA
    owner, service = title(tables[table].owner), title(declared.service)
    access = _access(table, statement)
    allowed = next((each for each in declared.database.allow if each.table == table), None)
    so_far = f"\n  allowed  to read it, until {allowed.expires}: {allowed.reason}" if allowed else ""
    return (
        f"{table} is {owner}'s table, and {service} may not {access or 'use'} it: "
        f"through REST, not across tables.{so_far}\n"
        f"  instead  {_instead(table, tables[table].owner, access, declared)}\n"
        f"  or       while that cannot be, allow it in {declared.path.name}, with a reason and a day:\n"
        "           [tool.cartsnitch.database]\n"
        f'           allow = [{{table = "{table}", access = "{access or Access.READ}", '
        'reason = "...", expires = YYYY-MM-DD}]\n'
        "  tests    arrange the rows of other services through db_session, which may write every table"
    )


def _instead(table: str, owner: str, access: Access | None, declared: ServiceConfig) -> str:
    if access is Access.WRITE:
        return f"have {title(owner)} write it: on a call, or on an event that it is subscribed to"
    name = instead_of(table)
    if name is None:
        return f"ask for a call of {title(owner)} that answers with it: there is none yet"
    if declared.service in snapshot().rest[owner].operation(name).callers:
        return f"call {owner}:{name}"
    return (
        f"call {owner}:{name}, once {title(declared.service)} is among its callers in "
        "cartsnitch_contracts/rest/operations.py"
    )


def _access(table: str, statement: str | None) -> Access | None:
    """What a statement does to a table; None where there is no statement to tell by."""
    if statement is None:
        return None
    writes = re.search(rf"{_WRITES}(?:\"?public\"?\.)?\"?{re.escape(table)}\b", statement, re.IGNORECASE)
    return Access.WRITE if writes else Access.READ


def _sqlstate(error: BaseException) -> Any:
    """What psycopg and asyncpg give their errors."""
    return getattr(error, "sqlstate", None)


def _chain(error: BaseException | None, seen: set[int]) -> Iterator[Any]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    beside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    driver = getattr(error, "orig", None)  # of SQLAlchemy's errors
    wrapped = driver if isinstance(driver, BaseException) else None
    for each in (*beside, wrapped, error.__cause__, error.__context__):
        yield from _chain(each, seen)
