"""What changed about a table's columns."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from cartsnitch_contracts.database.document import Column, Table
from cartsnitch_contracts.diff.tables.change import Change, fails_if
from cartsnitch_contracts.diff.tables.objection import Aspect
from cartsnitch_contracts.diff.tables.sqltypes import clash, parse

ALIKE = 0.6
"""Names at least so alike may be one column under two names."""
MOST_PAIRS = 2_000
"""Where more pairs of columns could be one, nobody renamed them all, and none is looked for."""


def column_changes(name: str, old: Table, new: Table) -> Iterator[Change]:
    """The changes in the order of the new columns, those that are gone last."""
    renamed = renames(old.columns, new.columns)
    for column, now in new.columns.items():
        if column in old.columns:
            yield from _changed(name, column, old.columns[column], now)
        elif column not in renamed.values():
            yield _added(name, column, now, new)
    for column in old.columns:
        if column in renamed:
            yield _renamed(name, column, renamed[column], old, new)
        elif column not in new.columns:
            explains = {(Aspect.PRESENCE, column)} | constraints_on(old, column)
            yield Change("column-removed", name, column, "dropped", frozenset(explains))


def renames(old: Mapping[str, Column], new: Mapping[str, Column]) -> dict[str, str]:
    """Columns that seem to live on under another name: of the same type, and alike or the only ones."""
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    found: dict[str, str] = {}
    if len(gone) * len(come) > MOST_PAIRS:
        return found
    for name in gone:
        same = [each for each in come if new[each].type == old[name].type and each not in found.values()]
        same.sort(key=lambda each: -SequenceMatcher(None, name, each).ratio())
        if same and (_alike(name, same[0]) or len(gone) == len(come) == 1):
            found[name] = same[0]
    return found


def _alike(left: str, right: str) -> bool:
    return left in right or right in left or SequenceMatcher(None, left, right).ratio() >= ALIKE


def said(column: Column) -> str:
    """A column as DDL has it: `varchar(3) NOT NULL, no default`."""
    null = "NULL" if column.nullable else "NOT NULL"
    default = "no default" if column.default is None else f"default {column.default}"
    return f"{short(column.type)} {null}, {default}"


def short(kind: str) -> str:
    """A type by its usual name."""
    for long, usual in (("character varying", "varchar"), ("timestamp with time zone", "timestamptz")):
        kind = kind.replace(long, usual)
    return kind


def constraints_on(table: Table, column: str) -> set[tuple[Aspect, str]]:
    """The constraints that come and go with a column."""
    found = {(Aspect.CHECK, name) for name, check in table.checks.items() if check.column == column}
    keys = [*table.primary_key.items(), *table.unique.items()]
    for name, key in keys:
        if column in key.columns:
            found |= {(Aspect.UNIQUE, name), (Aspect.INDEX, name)}
    found |= {(Aspect.FOREIGN, name) for name, key in table.foreign_keys.items() if column in key.columns}
    for name, index in table.indexes.items():
        if column in index.on:
            found |= {(Aspect.UNIQUE, name), (Aspect.INDEX, name)}
    return found


def _added(name: str, column: str, now: Column, table: Table) -> Change:
    explains = frozenset({(Aspect.PRESENCE, column)} | constraints_on(table, column))
    required = not now.nullable and now.default is None
    notes = fails_if(name, "{table} has rows")
    rule = "column-required" if required else "column-added"
    return Change(rule, name, column, f"added {said(now)}", explains, notes=notes)


def _renamed(name: str, column: str, to: str, old: Table, new: Table) -> Change:
    explains = {(Aspect.PRESENCE, column), (Aspect.PRESENCE, to)}
    explains |= constraints_on(old, column) | constraints_on(new, to)
    return Change("column-renamed", name, column, "renamed", frozenset(explains), new_place=to)


def _changed(name: str, column: str, old: Column, new: Column) -> Iterator[Change]:
    changes = [*_type(name, column, old, new), *_null(name, column, old, new)]
    changes += _default(name, column, old, new)
    yield from changes
    if not changes and (old.insert, old.update) != (new.insert, new.update):
        summary = f"INSERT has it {old.insert} -> {new.insert}; UPDATE {old.update} -> {new.update}"
        explains = frozenset({(Aspect.NULL, column), (Aspect.DEFAULT, column)})
        yield Change("column-sending-changed", name, column, summary, explains)


def _type(name: str, column: str, old: Column, new: Column) -> Iterator[Change]:
    before, after = parse(old.type), parse(new.type)
    if before == after:
        return
    ahead, back = clash(column, after, before), clash(column, before, after)
    rule = "column-type-changed"
    if ahead is None and back is not None:
        rule = "column-narrowed"
    elif back is None and ahead is not None:
        rule = "column-widened"
    notes: tuple[str, ...] = ()
    if back is not None and back.sqlstate == "42804":
        notes = ("the migration needs a USING clause, and fails where a value cannot be converted",)
    elif back is not None and back.sqlstate:
        notes = fails_if(name, f"a {column} in {{table}} does not fit {short(new.type)}")
    summary = f"{short(old.type)} -> {short(new.type)}"
    yield Change(rule, name, column, summary, frozenset({(Aspect.TYPE, column)}), notes=notes)


def _null(name: str, column: str, old: Column, new: Column) -> Iterator[Change]:
    if old.nullable == new.nullable:
        return
    explains = frozenset({(Aspect.NULL, column)})
    if new.nullable:
        yield Change("column-made-nullable", name, column, "NOT NULL -> NULL", explains)
    else:
        notes = fails_if(name, f"a row of {{table}} has no {column}")
        yield Change("column-made-required", name, column, "NULL -> NOT NULL", explains, notes=notes)


def _default(name: str, column: str, old: Column, new: Column) -> Iterator[Change]:
    if old.default == new.default:
        return
    explains = frozenset({(Aspect.DEFAULT, column)})
    if old.nullable == new.nullable:  # else NULL is the other change's affair
        explains |= {(Aspect.NULL, column)}
    if old.default is None:
        rule, summary = "column-default-added", f"default {new.default}"
    elif new.default is None:
        rule, summary = "column-default-removed", f"default {old.default} dropped"
    else:
        rule, summary = "column-default-changed", f"default {old.default} -> {new.default}"
    yield Change(rule, name, column, summary, explains)
