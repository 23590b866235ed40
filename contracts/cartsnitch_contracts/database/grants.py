"""What a service may do in the database: everything on its own tables, nothing on another's.

The rule of the platform is "through REST, not across tables". A foreign key into another's table needs no
grant, because Postgres looks it up in the name of that table's owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.errors import DocumentError, meant
from cartsnitch_contracts.topology import SERVICES

VERSION_TABLE: Final = "alembic_version"
"""Where the migrations note how far they came; every service may read it."""


class Access(StrEnum):
    """What a service may do with a table's rows."""

    READ = "read"
    WRITE = "write"
    """Read, add, change and delete them."""

    @property
    def privileges(self) -> tuple[str, ...]:
        """As GRANT names them."""
        return ("SELECT",) if self is Access.READ else ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Grants:
    """What one service may do.

    Attributes:
        service: its name on the wire.
        source: the document that says so: its version and migration.
        tables: every table that it may use, sorted, with what it may do.
        refused: the tables that it may not use, with the owner of each.
    """

    service: str
    source: str
    tables: Mapping[str, Access]
    refused: Mapping[str, str]

    @property
    def all_tables(self) -> tuple[str, ...]:
        """Every table of the database, sorted."""
        return tuple(sorted({*self.tables, *self.refused}))


def grants_of(
    document: DatabaseDocument, service: str, allowed: Mapping[str, Access] | None = None
) -> Grants:
    """A service's grants: its own tables, the version of the schema, and what is `allowed` beyond that.

    Raises:
        DocumentError: there is no such service, or no table of an allowed name.
    """
    allowed = allowed or {}
    if service not in SERVICES:
        known = ", ".join(SERVICES)
        raise DocumentError(f"There is no service {service!r}.{meant(service, SERVICES)} There are: {known}.")
    if unknown := sorted(allowed.keys() - document.tables.keys()):
        raise DocumentError(
            f"The database has no table {unknown[0]!r}, which {service} is allowed. "
            f"There are: {', '.join(sorted(document.tables))}."
        )
    own = {name: Access.WRITE for name, table in document.tables.items() if table.owner == service}
    tables = {VERSION_TABLE: Access.READ} | dict(allowed) | own
    return Grants(
        service=service,
        source=f"database document {document.version}, migration {document.head}",
        tables=dict(sorted(tables.items())),
        refused={name: table.owner for name, table in sorted(document.tables.items()) if name not in tables},
    )
