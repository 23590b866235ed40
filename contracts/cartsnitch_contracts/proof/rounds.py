"""Old and new releases at work side by side: every pairing of one's messages and rows with the other."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.diff.report import Finding, Kind, Order
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.proof.install import ProofError
from cartsnitch_contracts.proof.process import Process, RefusedError

type Databases = Callable[[], AbstractContextManager[str]]
"""Lends an empty Postgres database by its URL."""


@dataclass(frozen=True)
class Observed:
    """What came of one subject when old and new releases really met.

    Attributes:
        kind: what sort of contract.
        subject: the channel, the operation's body, or the table.
        forward: what the old release's readers refused of the new release first; None when nothing.
        backward: what the new release's readers refused of the old release first; None when nothing.
        exchanged: how many messages or statements met the other release, both ways.
    """

    kind: Kind
    subject: str
    forward: str | None
    backward: str | None
    exchanged: int

    @property
    def refused(self) -> bool:
        """Whether anything was, in either direction."""
        return self.forward is not None or self.backward is not None

    @property
    def order(self) -> Order:
        """The order of deployment in which nothing was lost."""
        if self.forward is None:
            return Order.ANY if self.backward is None else Order.WRITERS_FIRST
        return Order.READERS_FIRST if self.backward is None else Order.TOGETHER


def exchange_events(
    old: Process, new: Process, channel: str, old_events: Iterable[Any], new_events: Iterable[Any]
) -> Observed:
    """Publish what either release may send; both releases listen, so each message meets both.

    Both processes must listen on the channel already.

    Raises:
        ProofError: a release refuses what it sent itself.
    """
    backward, sent = _published(old, new, old_events)
    forward, more = _published(new, old, new_events)
    return Observed(Kind.EVENT, channel, forward, backward, sent + more)


def _published(sender: Process, other: Process, events: Iterable[Any]) -> tuple[str | None, int]:
    refusal, sent = None, 0
    for event in events:
        try:
            sender.call("publish", event)
        except RefusedError:  # a payload that only the schema allows: no release of this version can send it
            continue
        sent += 1
        (own,), (theirs,) = sender.call("heard", 1), other.call("heard", 1)
        if own is not None:
            raise ProofError(f"A release refuses what it sent itself: {own}")
        refusal = refusal or theirs
    return refusal, sent


def exchange_bodies(
    old: Process,
    new: Process,
    place: Sequence[str],
    bodies: tuple[Iterable[Any], Iterable[Any]],
    *,
    kind: Kind,
    subject: str,
) -> Observed:
    """Write bodies with one release's class and read them with the other's; `bodies` are old and new ones.

    `place` is the service, the operation's name, and "request" or the status.

    Raises:
        RefusedError: one of the releases has no such body.
    """
    backward, sent = _passed(old, new, place, bodies[0])
    forward, more = _passed(new, old, place, bodies[1])
    return Observed(kind, subject, forward, backward, sent + more)


def _passed(
    writer: Process, reader: Process, place: Sequence[str], bodies: Iterable[Any]
) -> tuple[str | None, int]:
    refusal, sent = None, 0
    for body in bodies:
        try:
            wire = writer.call("write_body", *place, body)
        except RefusedError:
            continue
        sent += 1
        try:
            reader.call("read_body", *place, wire)
        except RefusedError as error:
            refusal = refusal or str(error)
    return refusal, sent


def work_on_tables(old: Process, new: Process, empty: Databases) -> dict[str, Observed]:
    """Per table what each release can do on its own schema and not on the other's.

    Raises:
        RefusedError: a migration failed on an empty database.
    """
    with empty() as old_schema, empty() as new_schema, empty() as old_own, empty() as new_own:
        for process, urls in ((old, (old_schema, old_own)), (new, (new_schema, new_own))):
            for url in urls:
                process.call("upgrade", url)
        backward = _lost(old.call("work", old_own), old.call("work", new_schema))
        forward = _lost(new.call("work", new_own), new.call("work", old_schema))
    return {
        table: Observed(Kind.DATABASE, table, forward.get(table), backward.get(table), 1)
        for table in {*backward, *forward}
    }


def _lost(at_home: dict[str, Any], abroad: dict[str, Any]) -> dict[str, str | None]:
    """Per table the first thing that worked at home and failed abroad."""
    lost: dict[str, str | None] = dict.fromkeys(at_home)
    for table, deeds in at_home.items():
        for deed, outcome in deeds.items():
            other = abroad[table].get(deed)  # absent where a parent's rows are missing
            if not outcome and other:
                lost[table] = f"{deed}: {other['sqlstate']} {other['message']}"
                break
    return lost


def exchanged(finding: Finding) -> bool:
    """Whether two processes can exchange what a finding is about: no parameter, no operation."""
    if finding.kind is Kind.REQUEST:
        return finding.place.startswith("body")
    return finding.kind is not Kind.OPERATION


def disagreements(findings: Iterable[Finding], observed: Iterable[Observed]) -> list[str]:
    """Where what was predicted and what happened differ, in sentences; empty when they agree.

    A direction that was called unproven agrees with whatever happened.
    """
    predicted: dict[tuple[Kind, str], list[Finding]] = {}
    for finding in filter(exchanged, findings):
        predicted.setdefault((finding.kind, finding.subject), []).append(finding)
    lines = []
    for seen in observed:
        among = predicted.get((seen.kind, seen.subject), [])
        for name in ("forward", "backward"):
            sides = [getattr(finding, name) for finding in among]
            breaks = any(side.verdict is Verdict.BREAKING and not side.schema_only for side in sides)
            unproven = any(side.verdict is Verdict.UNPROVEN for side in sides)
            happened = getattr(seen, name)
            if breaks and happened is None:
                lines.append(f"{seen.subject}, {name}: called a break, and nothing was refused.")
            if happened is not None and not breaks and not unproven:
                lines.append(f"{seen.subject}, {name}: called safe, and refused: {happened}")
    return lines
