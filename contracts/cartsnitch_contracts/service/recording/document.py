"""What a recording found, as the consumer document that the service keeps."""

from collections.abc import Iterable, Mapping
from typing import Any

from cartsnitch_common.schemas.events import ENVELOPES, Event
from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Read, read
from cartsnitch_contracts.diff.describe import decoder, leaves, listed
from cartsnitch_contracts.service.recording.notes import Subject
from cartsnitch_contracts.service.recording.recorder import Recorder


def document(
    recorder: Recorder,
    *,
    version: str | None,
    pins: str,
    publishes: Iterable[str],
    consumes: Mapping[str, type[Event[Any]]],
    calls: Iterable[tuple[str, str]],
) -> dict[str, Any]:
    """The statement of the service: sorted, and the same for the same reads.

    Args:
        recorder: has recorded all of the service's tests.
        version: the service's own.
        pins: the version of this package that it runs with.
        publishes: channels, by short name.
        consumes: the envelope class that each channel's handler takes, by short name.
        calls: the operations that it calls, `("receiptwitness", "GET /prices")`.
    """
    called: dict[str, dict[str, Any]] = {}
    subjects = {Subject("calls", operation, service) for service, operation in calls}
    for subject in sorted(subjects | {each for each in recorder.notes.subjects if each.kind == "calls"}):
        called.setdefault(subject.service, {})[subject.name] = _call(recorder, subject)
    stated = {
        "service": recorder.service,
        "version": version,
        "pins": pins,
        "recorded": pins,
        "publishes": sorted(set(publishes)),
        "consumes": {name: _event(recorder, name, consumes[name]) for name in sorted(consumes)},
        "calls": called,
        "tables": _tables(recorder),
    }
    read(stated, source=recorder.service)
    return stated


def _event(recorder: Recorder, channel: str, envelope: type[Event[Any]]) -> dict[str, Any]:
    if envelope not in ENVELOPES.values():
        return decoder(envelope, shared=False)
    return {"decoder": "shared"} | _recorded(recorder, Subject("consumes", channel))


def _call(recorder: Recorder, subject: Subject) -> dict[str, Any]:
    own = recorder.notes.own.get(subject)
    if own is None:
        return {"decoder": "shared"} | _recorded(recorder, subject)
    fields = {places.show(path): Read(places.show(path)) for path in leaves(dict(own))}
    fields |= {each.field: each for each in recorder.notes.reads(subject)}
    return {"decoder": "own", "schema": own, "reads": listed(fields[name] for name in sorted(fields))}


def _recorded(recorder: Recorder, subject: Subject) -> dict[str, Any]:
    """The reads; left out, so that everything counts as read, where no test shows the service one to read."""
    if recorder.executed.nothing or subject not in recorder.notes.subjects:
        return {}
    return {"reads": listed(recorder.notes.reads(subject))} | _bound(recorder.executed.uncovered(subject))


def _bound(uncovered: tuple[str, ...]) -> dict[str, Any]:
    return {"complete": False, "uncovered": list(uncovered)} if uncovered else {}


def _tables(recorder: Recorder) -> dict[str, Any]:
    statements = recorder.statements
    tables: dict[str, Any] = {"writes": list(statements.writes)}
    if statements.reads is not None and not recorder.executed.nothing:
        columns = {table: listed(reads) for table, reads in statements.columns.items()}
        tables |= {"reads": list(statements.reads), "columns": columns}
        tables |= _bound(recorder.executed.uncovered(None))
    return tables
