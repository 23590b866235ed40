"""Everything that a change does to the contracts: events, REST and the database, as one report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from cartsnitch_contracts.diff.consumers import Consumer, consumers
from cartsnitch_contracts.diff.documents import former, in_documents
from cartsnitch_contracts.diff.finding import breaks_first
from cartsnitch_contracts.diff.own import own_readers
from cartsnitch_contracts.diff.pins import Pins
from cartsnitch_contracts.diff.report import Finding, Report, Waiver
from cartsnitch_contracts.diff.version import advise
from cartsnitch_contracts.diff.waivers import sorted_out
from cartsnitch_contracts.manifest import read_manifest
from cartsnitch_contracts.snapshot import Snapshot, changed


def check(
    base: Snapshot,
    head: Snapshot,
    *,
    services: Mapping[str, Consumer] | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
    root: Path | None = None,
) -> Report:
    """What changed between two states, whom it breaks, and which version it needs.

    Documents that say the same are not read.

    Args:
        base: the state before.
        head: the state after.
        services: what each service states of itself; the consumer documents of `head` unless given.
        waivers: findings that are accepted.
        today: the day on which waivers count; now unless given.
        root: the checkout that `head` is of; with it, findings name the Python line that caused them.

    Raises:
        DocumentError: one of the documents is broken.
    """
    known = dict(consumers(head.consumers) if services is None else services)
    pins = Pins(base)
    changes = list(in_documents(base, head, known, pins))
    findings = breaks_first([*changes, *own_readers(base, head), *_written(base, head, known)])
    if root is not None and findings:
        from cartsnitch_contracts.diff.sources import located  # noqa: PLC0415 - only where there is something

        findings = located(findings, head, root)
    counting, waived, stale = sorted_out(findings, waivers, today or datetime.now(UTC).date())
    return Report(
        base=base.label,
        head=head.label,
        findings=counting,
        waived=waived,
        stale=stale,
        version=advise(_released(base), head.version, changes),
        notes=[*_notes(known, bool(findings)), *pins.notes],
    )


def _written(base: Snapshot, head: Snapshot, known: Mapping[str, Consumer]) -> Iterator[Finding]:
    """What services write now and do not own, where the database itself stays; no version goes by that."""
    if changed(base.databases, head.databases) or not changed(base.consumers, head.consumers):
        return
    from cartsnitch_contracts.diff.tables.ownership import written_by_another  # noqa: PLC0415 - if it changed

    if head.database is not None:
        yield from written_by_another(head.database, head.database, known, former(base))


def _released(base: Snapshot) -> str | None:
    """The newest release that the base comes after."""
    return base.at if base.at != "next" else read_manifest(base.files).newest


def _notes(known: Mapping[str, Consumer], matters: bool) -> Iterable[str]:
    """What is wrong with the services' own statements, where it changes a verdict."""
    return [note for each in known.values() for note in each.notes] if matters else []
