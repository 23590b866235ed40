"""What changed about a table's constraints and indexes."""

from collections.abc import Iterator

from cartsnitch_contracts.database.document import Check, ForeignKey, Table
from cartsnitch_contracts.diff.tables.change import Change, fails_if
from cartsnitch_contracts.diff.tables.foreign import same
from cartsnitch_contracts.diff.tables.keys import unique_keys
from cartsnitch_contracts.diff.tables.objection import Aspect


def constraint_changes(name: str, old: Table, new: Table) -> Iterator[Change]:
    """The changes of checks, unique keys, foreign keys and indexes; another name alone is none."""
    yield from _checks(name, old, new)
    yield from _unique(name, old, new)
    yield from _foreign(name, old, new)
    yield from _indexes(name, old, new)


def _checks(name: str, old: Table, new: Table) -> Iterator[Change]:
    pairs, added = [], []
    gone = dict(old.checks)
    for key, check in new.checks.items():
        before = next((each for each in gone if _pair(each, gone[each], key, check)), None)
        if before is None:
            added.append(key)
        else:
            pairs.append((before, key, gone.pop(before)))
    for before, key, check in pairs:
        now = new.checks[key]
        if check.sql != now.sql:
            explains = frozenset({(Aspect.CHECK, before), (Aspect.CHECK, key)})
            yield Change(
                "check-changed", name, key, _difference(check, now), explains,
                notes=fails_if(name, f"a row of {{table}} does not keep {key}"),
            )  # fmt: skip
    for key in added:
        notes = fails_if(name, f"a row of {{table}} does not keep {key}")
        summary = f"added: {new.checks[key].sql}"
        yield Change("check-added", name, key, summary, frozenset({(Aspect.CHECK, key)}), notes=notes)
    for key, check in gone.items():
        yield Change("check-removed", name, key, f"dropped: {check.sql}", frozenset({(Aspect.CHECK, key)}))


def _pair(old_name: str, old: Check, new_name: str, new: Check) -> bool:
    return old_name == new_name or old.sql == new.sql or (old.column == new.column and old.column is not None)


def _difference(old: Check, new: Check) -> str:
    if old.column is None or new.column is None:
        return f"{old.sql} -> {new.sql}"
    come = [f"{value!r} added" for value in new.values if value not in old.values]
    gone = [f"{value!r} removed" for value in old.values if value not in new.values]
    return ", ".join((*come, *gone)) or "order of values"


def _unique(name: str, old: Table, new: Table) -> Iterator[Change]:
    before, after = unique_keys(old), unique_keys(new)
    if {key.columns for key in old.primary_key.values()} != {key.columns for key in new.primary_key.values()}:
        names = {(Aspect.UNIQUE, key) for key in (*old.primary_key, *new.primary_key)}
        place = next(iter((*new.primary_key, *old.primary_key)))
        said = [", ".join(column for key in keys.values() for column in key.columns) or "none"
                for keys in (old.primary_key, new.primary_key)]  # fmt: skip
        notes = fails_if(name, "two rows of {table} share the new key, or one has none of it")
        yield Change(
            "primary-key-changed", name, place, f"({said[0]}) -> ({said[1]})", frozenset(names), notes=notes
        )
    for key, what in after.items():
        if what not in before.values() and key not in new.primary_key:
            notes = fails_if(name, f"two rows of {{table}} share {', '.join(what[0])}")
            explains = frozenset({(Aspect.UNIQUE, key), (Aspect.INDEX, key)})
            yield Change("unique-added", name, key, f"added: {', '.join(what[0])}", explains, notes=notes)
    for key, what in before.items():
        if what not in after.values() and key not in old.primary_key:
            explains = frozenset({(Aspect.UNIQUE, key), (Aspect.INDEX, key)})
            yield Change("unique-removed", name, key, f"dropped: {', '.join(what[0])}", explains)


def _foreign(name: str, old: Table, new: Table) -> Iterator[Change]:
    for key, now in new.foreign_keys.items():
        before = next((each for each in old.foreign_keys if same(old.foreign_keys[each], now)), None)
        if before is None:
            notes = fails_if(name, f"a row of {{table}} refers to no row of {now.table}")
            explains = frozenset({(Aspect.FOREIGN, key)})
            yield Change("foreign-key-added", name, key, f"added: {_said(now)}", explains, notes=notes)
        elif old.foreign_keys[before].ondelete != now.ondelete:
            explains = frozenset({(Aspect.FOREIGN, key), (Aspect.FOREIGN, before)})
            summary = f"ON DELETE {old.foreign_keys[before].ondelete} -> {now.ondelete}"
            yield Change("foreign-key-action-changed", name, key, summary, explains)
    for key, gone in old.foreign_keys.items():
        if not any(same(gone, now) for now in new.foreign_keys.values()):
            explains = frozenset({(Aspect.FOREIGN, key)})
            yield Change("foreign-key-removed", name, key, f"dropped: {_said(gone)}", explains)


def _said(key: ForeignKey) -> str:
    return f"{', '.join(key.columns)} -> {key.table}, ON DELETE {key.ondelete}"


def _indexes(name: str, old: Table, new: Table) -> Iterator[Change]:
    before = {key: index for key, index in old.indexes.items() if not index.unique}
    after = {key: index for key, index in new.indexes.items() if not index.unique}
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was == now or (was or now) in (before if was is None else after).values():
            continue
        rule = "index-added" if now is not None else "index-removed"
        on = ", ".join((now or was).on)  # type: ignore[union-attr]
        summary = f"{'dropped' if now is None else 'added' if was is None else 'changed'}: {on}"
        notes = fails_if(name, f"a text in {{table}} is too long for {key}")
        yield Change(rule, name, key, summary, frozenset({(Aspect.INDEX, key)}), notes=notes)
