"""Two services that write one table: nothing fails, and neither knows of the other's rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.diff.effects import made_effect
from cartsnitch_contracts.diff.report import Comparison, Finding, Impact, Kind, Mismatch
from cartsnitch_contracts.diff.tables.change import Change
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.topology import title


def shared_ownership(
    change: Change, old: DatabaseDocument, new: DatabaseDocument, services: Mapping[str, Consumer]
) -> dict[str, Any]:
    """The parts of a finding about a table that another service owns from now on."""
    before, after = old.tables[change.table].owner, new.tables[change.table].owner
    if not before:
        return {}
    reason = f"{title(before)} writes {change.table} until it is released, and {title(after)} does already"
    return {
        "backward": _unproven(change.rule, change.table, reason),
        "effects": tuple(
            made_effect(
                services.get(service, Consumer(service)),
                Impact.MAY_STOP,
                "both may write the same rows for a while",
            )
            for service in (before, after)
            if service
        ),
    }


def written_by_another(
    old: DatabaseDocument,
    new: DatabaseDocument,
    services: Mapping[str, Consumer],
    former: Mapping[str, Consumer] | None = None,
) -> Iterator[Finding]:
    """The tables that a service says it writes, and does not own; none that it wrote in `former` already."""
    before = {name: each.writes_tables or frozenset() for name, each in (former or {}).items()}
    for name, consumer in services.items():
        for table in sorted((consumer.writes_tables or frozenset()) - before.get(name, frozenset())):
            owners = [document.tables[table].owner for document in (old, new) if table in document.tables]
            if not owners or name in owners:
                continue
            reason = (
                f"{title(owners[-1])} owns {table}, and neither checks nor expects what {title(name)} writes"
            )
            yield Finding(
                kind=Kind.DATABASE,
                subject=table,
                rule="table-written-by-another",
                place="",
                summary=f"written by {title(name)}, owned by {title(owners[-1])}",
                backward=_unproven("table-written-by-another", table, reason),
                effects=(made_effect(consumer, Impact.MAY_STOP, "writes what it does not own"),),
                steps=(
                    f"offer what is written as a call or an event of {title(owners[-1])}",
                    f"use that in {title(name)} instead of writing {table}",
                ),
            )


def _unproven(rule: str, table: str, reason: str) -> Comparison:
    mismatch = Mismatch(rule, table, reason, Verdict.UNPROVEN, reason=reason)
    return Comparison(Verdict.UNPROVEN, (mismatch,), reason=reason)
