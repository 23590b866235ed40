"""A report put to the test: each of its subjects, with both releases at work."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.diff.report import Finding, Kind, Report
from cartsnitch_contracts.inclusion import decide
from cartsnitch_contracts.proof.process import Process
from cartsnitch_contracts.proof.rounds import (
    Databases,
    Observed,
    exchange_bodies,
    exchange_events,
    exchanged,
    work_on_tables,
)
from cartsnitch_contracts.proof.samples import samples
from cartsnitch_contracts.rest import RestDocument
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.topology import title
from cartsnitch_contracts.validation import Schema


@dataclass(frozen=True)
class Release:
    """A release at work: its process, which listens on every channel, and what it promises."""

    process: Process
    promises: Snapshot


def prove(report: Report, old: Release, new: Release, empty: Databases) -> list[Observed]:
    """What happened to each subject of the report when the two releases met.

    Tables that the report does not name are told of where something failed in them. Left out is what no two
    processes can exchange: an operation, a parameter or a channel that only one of the releases has, and
    readers of a service's own, whose code is not in this package. `empty` lends empty Postgres databases.

    Raises:
        ProofError: a release cannot work, or refuses what it sent itself.
    """
    findings = [*filter(exchanged, (*report.findings, *(finding for finding, _ in report.waived)))]
    subjects = list(dict.fromkeys((finding.kind, finding.subject) for finding in findings))
    observed: list[Observed] = []
    for kind, subject in subjects:
        about = [finding for finding in findings if (finding.kind, finding.subject) == (kind, subject)]
        if kind is Kind.EVENT and subject in old.promises.events and subject in new.promises.events:
            observed.append(_event(subject, about, old, new))
        elif kind in (Kind.REQUEST, Kind.RESPONSE):
            observed += _body(kind, subject, about, old, new)
    tables = [subject for kind, subject in subjects if kind is Kind.DATABASE]
    if tables:
        seen = work_on_tables(old.process, new.process, empty)
        observed += [each for name, each in sorted(seen.items()) if name in tables or each.refused]
    return observed


def _event(channel: str, about: Iterable[Finding], old: Release, new: Release) -> Observed:
    before, after = old.promises.events[channel], new.promises.events[channel]
    examples = [*before.accepted.values(), *after.accepted.values(), *_witnesses(about)]
    return exchange_events(
        old.process,
        new.process,
        channel,
        samples(before.writer, _seeded(before.writer, examples)),
        samples(after.writer, _seeded(after.writer, examples)),
    )


def _body(
    kind: Kind, subject: str, about: Iterable[Finding], old: Release, new: Release
) -> Iterator[Observed]:
    """Bodies that both releases have; parameters travel in no body and are left to the documents."""
    operation, _, status = subject.partition(" -> ")
    side = status or "request"
    for service in old.promises.rest:
        before, after = old.promises.rest[service], new.promises.rest.get(service)
        name = operation.removeprefix(f"{title(service)} ")
        if after is None or name == operation:
            continue
        writers = [_writer(document, name, side) for document in (before, after)]
        if not all(writers):
            continue
        examples = [
            *before.examples[name][side].accepted.values(),
            *after.examples[name][side].accepted.values(),
            *_witnesses(about),
        ]
        first, second = (samples(writer, _seeded(writer, examples)) for writer in writers if writer)
        place = (service, name, side)
        yield exchange_bodies(old.process, new.process, place, (first, second), kind=kind, subject=subject)


def _writer(document: RestDocument, name: str, side: str) -> Schema | None:
    operation = next((each for each in document.operations if each.name == name), None)
    if operation is None:
        return None
    sides = operation.request if side == "request" else operation.responses.get(side)
    return sides.writer if sides else None


def _witnesses(findings: Iterable[Finding]) -> Iterator[Any]:
    for finding in findings:
        for side in (finding.forward, finding.backward):
            if finding.kind is Kind.REQUEST and isinstance(side.witness, dict):
                yield side.witness.get("body")  # beside it are the parameters
            elif side.witness is not None:
                yield side.witness


def _seeded(schema: Schema, examples: Sequence[Any]) -> list[Any]:
    """The examples, and the smallest payload that the schema accepts at all."""
    smallest = decide(schema, {"not": {}}).witness
    return [*examples, *([] if smallest is None else [smallest])]
