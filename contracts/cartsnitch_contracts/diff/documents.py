"""What a change does to the documents of events, REST and the database: that which a version goes by."""

from collections.abc import Iterator, Mapping

from cartsnitch_contracts.database import DatabaseDocument
from cartsnitch_contracts.diff.consumers import Consumer, read
from cartsnitch_contracts.diff.events import compare_channels
from cartsnitch_contracts.diff.pins import Pins
from cartsnitch_contracts.diff.report import Finding
from cartsnitch_contracts.snapshot import Snapshot, changed


def in_documents(
    base: Snapshot, head: Snapshot, known: Mapping[str, Consumer], pins: Pins
) -> Iterator[Finding]:
    """The findings of events, REST and the database, in no order."""
    for name in changed(base.events, head.events):
        yield from compare_channels(
            base.events.get(name), head.events.get(name), services=known, pinned=pins.event, replay=True
        )
    names = changed(base.rest, head.rest)
    if names:
        from cartsnitch_contracts.diff.rest import compare_services  # noqa: PLC0415 - if it changed

        for name in names:
            yield from compare_services(
                base.rest.get(name), head.rest.get(name), services=known, pinned=pins.rest
            )
    if changed(base.databases, head.databases):
        yield from _database(base, head, known, pins)


def _database(base: Snapshot, head: Snapshot, known: Mapping[str, Consumer], pins: Pins) -> Iterator[Finding]:
    from cartsnitch_contracts.diff.tables import compare_databases  # noqa: PLC0415 - if it changed

    empty = DatabaseDocument("next", "", {})
    pinned = {name: document for name, each in known.items() if (document := pins.database(each.pins))}
    yield from compare_databases(
        base.database or empty, head.database or empty, known, pinned=pinned, former=former(base)
    )


def former(base: Snapshot) -> dict[str, Consumer]:
    """What each service stated of itself before, those that did."""
    return {name: read(base.consumers[name], source=f"consumers/{name}.json") for name in base.consumers}
