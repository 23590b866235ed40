"""Which service sends what to which table, and what a finding means for it."""

from collections.abc import Iterable, Mapping

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.diff.report import Effect, Impact
from cartsnitch_contracts.diff.tables.change import Change
from cartsnitch_contracts.diff.tables.objection import Objection, Statement
from cartsnitch_contracts.inclusion import Verdict

_WORST_FIRST = list(Impact)


def reads(consumer: Consumer, table: str) -> bool:
    """Whether the service selects from the table; one that does not say so, from all."""
    return consumer.reads_tables is None or table in consumer.reads_tables


def writes(consumer: Consumer, table: str, old: DatabaseDocument) -> bool:
    """Whether the service writes the table; one that does not say so, those it owns."""
    if consumer.writes_tables is not None:
        return table in consumer.writes_tables
    return table in old.tables and old.tables[table].owner == consumer.service


def _selects(consumer: Consumer, objection: Objection, old: DatabaseDocument) -> bool:
    """Whether the service's SELECTs name what is at fault; one that does not say so selects all columns."""
    if not reads(consumer, objection.table):
        return False
    named = (consumer.reads_columns or {}).get(objection.table)
    is_column = objection.table in old.tables and objection.place in old.tables[objection.table].columns
    return named is None or not is_column or objection.place in {each.field for each in named}


def effects(
    change: Change,
    old: DatabaseDocument,
    services: Mapping[str, Consumer],
    objections: Mapping[str, Iterable[Objection]],
) -> tuple[Effect, ...]:
    """What a change means for each service: its older code on the migrated schema; the worst first.

    `objections` are the schema's to each service's statements at the change.
    """
    found = [
        _effect(change, old, consumer, objections.get(service, ())) for service, consumer in services.items()
    ]
    return tuple(sorted(found, key=lambda effect: _WORST_FIRST.index(effect.impact)))


def _effect(
    change: Change, old: DatabaseDocument, consumer: Consumer, objections: Iterable[Objection]
) -> Effect:
    impact, reason = Impact.SAFE, _safe(change, old, consumer)
    for objection in objections:
        concerned = writes(consumer, objection.table, old) or (
            objection.statement is Statement.SELECT and _selects(consumer, objection, old)
        )
        if not concerned:
            continue
        on = f"its {objection.statement} on {objection.table}"
        if objection.verdict is Verdict.BREAKING:
            impact, reason = Impact.STOPS, f"{on} fails once migrated, {objection.sqlstate}"
            break
        impact, reason = Impact.MAY_STOP, f"{on}: {objection.reason}"
    owner = change.table in old.tables and old.tables[change.table].owner == consumer.service
    used = writes(consumer, change.table, old) or reads(consumer, change.table)
    return Effect(
        service=consumer.service,
        version=consumer.version,
        pins=consumer.pins,
        impact=impact,
        reason=f"owner; {reason}" if owner else reason,
        concerned=owner or used or impact is not Impact.SAFE,
    )


def _safe(change: Change, old: DatabaseDocument, consumer: Consumer) -> str:
    table = change.table
    if change.rule == "table-added":
        return "does not know it yet"
    if writes(consumer, table, old):
        return "its statements run once migrated"
    if not reads(consumer, table):
        return f"does not use {table}"
    if change.rule == "check-widened":
        return f"never writes {table}; reads an unknown value as it is"
    if change.rule == "column-made-nullable":
        return f"never writes {table}; its mapper reads NULL, its code must expect None"
    return f"never writes {table}; its SELECTs run"
