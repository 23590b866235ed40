"""What changed between two versions of the database, whom it breaks, and in which order it is safe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.diff.report import SAFE, Comparison, Finding, Kind, Mismatch, Order
from cartsnitch_contracts.diff.tables.change import Change
from cartsnitch_contracts.diff.tables.changes import changes
from cartsnitch_contracts.diff.tables.objection import Aspect, Objection
from cartsnitch_contracts.diff.tables.objections import objections
from cartsnitch_contracts.diff.tables.ownership import shared_ownership, written_by_another
from cartsnitch_contracts.diff.tables.rules import DATABASE_RULES
from cartsnitch_contracts.diff.tables.use import effects, reads, writes
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.topology import SERVICES, title

_RULES = {rule.id: rule for rule in DATABASE_RULES}
_ORDER = (Verdict.BREAKING, Verdict.UNPROVEN, Verdict.COMPATIBLE)
type _Numbered = dict[tuple[Aspect, str], list[tuple[int, Objection]]]


def compare_databases(
    old: DatabaseDocument,
    new: DatabaseDocument,
    consumers: Mapping[str, Consumer] | None = None,
    *,
    pinned: Mapping[str, DatabaseDocument] | None = None,
    former: Mapping[str, Consumer] | None = None,
) -> list[Finding]:
    """Every change of the database, breaks first.

    `forward` is new code's statements on the old schema, `backward` old code's on the new one. Code is judged
    by what its mappers send: each SELECT names every column, each INSERT has explicit NULLs.

    Args:
        consumers: what each service reads and writes; one that is not told reads all, and writes its own.
        pinned: the document of the version that a service runs with, by service, where it is not `old`.
        former: what each service wrote before; a table that it wrote already is not told again.
    """
    services = {name: Consumer(name) for name in SERVICES} | dict(consumers or {})
    judge = _Judge(old, new, services, pinned or {})
    found = [judge.finding(change) for change in changes(old, new)]
    found += written_by_another(old, new, services, former)
    return sorted(found, key=lambda finding: _ORDER.index(finding.verdict))


class _Judge:
    """Two versions, and the services between them."""

    def __init__(
        self,
        old: DatabaseDocument,
        new: DatabaseDocument,
        services: Mapping[str, Consumer],
        pinned: Mapping[str, DatabaseDocument],
    ) -> None:
        self.old, self.new, self.services, self.pinned = old, new, services, pinned
        self._objections: dict[tuple[int, int, str], _Numbered] = {}

    def finding(self, change: Change) -> Finding:
        """What a change does to new code on the old schema, and to each service's code on the new one."""
        ahead, back = self._caused(change, self.new, self.old), self._caused(change, self.old, self.new)
        own = {
            name: self._caused(change, self.pinned[name], self.new) if name in self.pinned else back
            for name in self.services
        }
        change = _named(change, ahead, back)
        every = list(dict.fromkeys((*back, *(each for found in own.values() for each in found))))
        finding = Finding(
            kind=Kind.DATABASE,
            subject=change.table,
            rule=change.rule,
            place=change.place,
            new_place=change.new_place,
            summary=change.summary,
            forward=_comparison(change, ahead),
            backward=_comparison(change, every),
            effects=effects(change, self.old, self.services, own),
            notes=change.notes,
        )
        if change.rule == "table-owner-changed":
            finding = replace(finding, **shared_ownership(change, self.old, self.new, self.services))
        if finding.order is Order.ANY:
            return finding
        return replace(finding, steps=_steps(change, self.old, self.new, self.services))

    def _caused(self, change: Change, sender: DatabaseDocument, schema: DatabaseDocument) -> list[Objection]:
        tables = [change.table, change.new_place] if change.place == "" else [change.table]
        found = [
            numbered
            for table in tables
            if table
            for explained in change.explains
            for numbered in self._at(sender, schema, table).get(explained, ())
        ]
        return [objection for _, objection in sorted(found, key=lambda numbered: numbered[0])]

    def _at(self, sender: DatabaseDocument, schema: DatabaseDocument, table: str) -> _Numbered:
        """The objections at a table with their numbers, by what a change explains; found once."""
        key = (id(sender), id(schema), table)
        if key not in self._objections:
            by_cause: _Numbered = {}
            for number, each in enumerate(objections(sender, schema, table)):
                by_cause.setdefault((each.aspect, each.place), []).append((number, each))
            self._objections[key] = by_cause
        return self._objections[key]


def _named(change: Change, ahead: Sequence[Objection], back: Sequence[Objection]) -> Change:
    """A condition that only takes more, or only takes less, has a rule of its own.

    The migration fails on rows just where older code sends what the new schema refuses.
    """
    rule = change.rule
    if rule == "check-changed" and bool(ahead) != bool(back):
        rule = "check-tightened" if back else "check-widened"
    return replace(change, rule=rule, notes=change.notes if back else ())


def _comparison(change: Change, found: Iterable[Objection]) -> Comparison:
    mismatches = tuple(
        Mismatch(
            rule=change.rule,
            place=".".join(filter(None, (change.table, change.place))),
            summary=each.message or each.reason,
            verdict=each.verdict,
            witness=each.witness,
            reason=each.reason,
        )
        for each in found
    )
    for verdict in _ORDER[:2]:
        worst = next((each for each in mismatches if each.verdict is verdict), None)
        if worst is not None:
            return Comparison(verdict, mismatches, worst.witness, reason=worst.reason)
    return SAFE


def _steps(
    change: Change, old: DatabaseDocument, new: DatabaseDocument, services: Mapping[str, Consumer]
) -> tuple[str, ...]:
    table = change.table
    document = old if table in old.tables else new
    owner = document.tables[table].owner
    writers = [name for name, each in services.items() if writes(each, table, document)] or [owner]
    readers = [name for name, each in services.items() if reads(each, table) and name not in writers]
    if change.rule == "table-owner-changed":
        readers, writers = [owner or "the former owner"], [new.tables[table].owner]
    words = {
        "field": change.place or table,
        "new": change.new_place or "the new one",
        "table": table,
        "writers": ", ".join(map(title, filter(None, writers))) or "the writers",
        "readers": ", ".join(map(title, readers)) or "readers",
    }
    return tuple(step.format(**words) for step in _RULES[change.rule].steps)
