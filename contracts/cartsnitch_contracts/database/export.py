"""The database document as the models say it now."""

from collections.abc import Mapping

from sqlalchemy.orm import DeclarativeBase

from cartsnitch_common.models import Base
from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.database.mapping import table_of
from cartsnitch_contracts.database.owners import OWNERS
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_migrations import head


def document(version: str = NEXT) -> DatabaseDocument:
    """The contract that the models and the newest migration stand for.

    Raises:
        DocumentError: a table has no owner or no model, or a column is of a kind that it cannot say.
    """
    return document_of(Base, OWNERS, head=head(), version=version)


def document_of(
    base: type[DeclarativeBase], owners: Mapping[str, str], *, head: str, version: str = NEXT
) -> DatabaseDocument:
    """The contract of other models than the package's own, for trying a change out.

    Raises:
        DocumentError: as from `document`.
    """
    base.registry.configure()
    mappers = {str(mapper.local_table): mapper for mapper in base.registry.mappers}
    tables = {}
    for name in sorted(base.metadata.tables):
        if name not in mappers or name not in owners:
            lacks = "no model" if name not in mappers else "no owner"
            raise DocumentError(
                f"The table {name!r} has {lacks}. Map it, and name the service that writes it in "
                "cartsnitch_contracts/database/owners.py."
            )
        tables[name] = table_of(mappers[name], str(owners[name]))
    return DatabaseDocument(version=version, head=head, tables=tables)


def generate() -> dict[str, str]:
    """The text of each file, by its path below `documents`."""
    return {f"database/{NEXT}.json": document().dumps()}
