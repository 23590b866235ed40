"""What changed between two versions of the database."""

from collections.abc import Iterator, Mapping

from cartsnitch_contracts.database.document import DatabaseDocument, Table
from cartsnitch_contracts.diff.tables.change import Change
from cartsnitch_contracts.diff.tables.column_changes import column_changes
from cartsnitch_contracts.diff.tables.constraint_changes import constraint_changes
from cartsnitch_contracts.diff.tables.objection import Aspect

SHARED = 0.7
"""Tables that share this part of their columns may be one table under two names."""


def changes(old: DatabaseDocument, new: DatabaseDocument) -> Iterator[Change]:
    """All changes from one version to another, table by table in the order of their names."""
    renamed = _renamed(old.tables, new.tables)
    for name in sorted({*old.tables, *new.tables}):
        if name in renamed:
            to = renamed[name]
            explains = frozenset({(Aspect.TABLE, name), (Aspect.TABLE, to)})
            yield Change("table-renamed", name, "", "renamed", explains, new_place=to)
        elif name not in new.tables:
            yield Change("table-removed", name, "", "dropped", _whole(name, old.tables[name]))
        elif name in old.tables:
            yield from _changed(name, old.tables[name], new.tables[name])
        elif name not in renamed.values():
            yield Change("table-added", name, "", "added", _whole(name, new.tables[name]))


def _whole(name: str, table: Table) -> frozenset[tuple[Aspect, str]]:
    keys = {(Aspect.FOREIGN, key) for key in table.foreign_keys}
    return frozenset({(Aspect.TABLE, name), *keys})


def _renamed(old: Mapping[str, Table], new: Mapping[str, Table]) -> dict[str, str]:
    come = [name for name in new if name not in old]
    found: dict[str, str] = {}
    for name in sorted(set(old) - set(new)):
        columns = set(old[name].columns)
        for other in come:
            both = columns | set(new[other].columns)
            if other not in found.values() and len(columns & set(new[other].columns)) >= SHARED * len(both):
                found[name] = other
                break
    return found


def _changed(name: str, old: Table, new: Table) -> Iterator[Change]:
    columns = list(column_changes(name, old, new))
    yield from columns
    told = {explained for change in columns for explained in change.explains}
    for change in constraint_changes(name, old, new):
        if change.rule == "primary-key-changed" or not change.explains <= told:
            yield change
    if old.owner != new.owner:
        yield Change("table-owner-changed", name, "", f"owner {old.owner or 'none'} -> {new.owner or 'none'}")
