"""What a change of the contracts means: the findings, the services, and the version that it needs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import Problem


class Kind(StrEnum):
    """What sort of contract a finding is about; it tells who writes and who reads."""

    EVENT = "event"
    """A channel: publishers write, subscribers read."""
    REQUEST = "request"
    """Parameters and body of an operation: callers write, the service reads."""
    RESPONSE = "response"
    """A response of an operation: the service writes, callers read."""
    OPERATION = "operation"
    """Paths, methods, status codes, security: the service offers, callers rely on it."""
    DATABASE = "database"
    """Tables: services write statements, and the migrated schema reads them."""


@dataclass(frozen=True)
class Mismatch:
    """One thing that a writer does and its reader does not take.

    Attributes:
        rule: stable id, see `cartsnitch_contracts.diff.rules`.
        place: where, in payload terms: `payload.prices[].sale_price`.
        summary: what, in a few words: `may be absent`.
        verdict: breaking or unproven.
        witness: a whole payload that shows it; the writer's schema accepts it and the reader's refuses it.
        reason: why it is unproven.
    """

    rule: str
    place: str
    summary: str
    verdict: Verdict
    witness: Any = None
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """Whether a reader accepts all that a writer can send.

    Attributes:
        verdict: "compatible" (proved), "breaking" (proved by `witness`) or "unproven".
        findings: the places at fault; empty when compatible.
        witness: the smallest payload found that the writer's schema accepts and the reader's refuses.
        problem: the reader's first objection to the witness.
        reason: what could not be decided, when unproven.
        schema_only: the reader's class takes the witness that its schema refuses (Pydantic reads "5" as an
            integer), so that nothing breaks in practice.
    """

    verdict: Verdict
    findings: tuple[Mismatch, ...] = ()
    witness: Any = None
    problem: Problem | None = None
    reason: str = ""
    schema_only: bool = False


SAFE = Comparison(Verdict.COMPATIBLE)
"""A direction that nothing stands against."""


class Order(StrEnum):
    """In which order the two ends can be deployed without losing a message."""

    ANY = "any"
    READERS_FIRST = "readers first"
    WRITERS_FIRST = "writers first"
    TOGETHER = "together"


class Impact(StrEnum):
    """What a finding means for one service."""

    STOPS = "stops"
    MAY_STOP = "may stop"
    SAFE = "safe"


@dataclass(frozen=True)
class Effect:
    """What a finding means for one service.

    Attributes:
        service: its name on the wire, `stickershock`.
        version: the service's own version, where its consumer document states one.
        pins: the version of this package that it pins, where stated.
        impact: whether it stops.
        reason: why, in a few words: `reads it at handlers.py:58`, `its decoder requires it, unread`.
        concerned: whether it uses the subject at all.
    """

    service: str
    version: str | None
    pins: str | None
    impact: Impact
    reason: str
    concerned: bool = True


@dataclass(frozen=True)
class Source:
    """The line of Python that a finding comes from; `file` is relative to the repository."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, eq=False)
class Finding:
    """One change, whom it breaks, the proof, and the safe way to make it.

    Attributes:
        kind: what sort of contract changed.
        subject: which one: `receipts.ingested`, `ReceiptWitness GET /purchases -> 200`, `purchases`.
        rule: stable id.
        place: where in it: `payload.total`, a column's name; empty for all of it.
        new_place: where a removed thing seems to live on under another name.
        summary: what changed, in a few words: `removed, required`.
        forward: what new writers send, against old readers.
        backward: what old writers send, against new readers.
        effects: every service that the subject concerns, those that stop first.
        steps: the safe way to make the change; empty when nothing stands against it.
        examples: per direction ("forward", "backward") payloads that the reader accepts, by name; a witness
            is shown as what differs from the nearest.
        source: the Python line that caused it, where it is known.
        notes: what else to know, a sentence each: `the migration itself fails if purchases has rows`.
        shared: the verdict on this package's own classes, where services decode with others.
    """

    kind: Kind
    subject: str
    rule: str
    place: str
    summary: str
    forward: Comparison = SAFE
    backward: Comparison = SAFE
    new_place: str | None = None
    effects: tuple[Effect, ...] = ()
    steps: tuple[str, ...] = ()
    examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: Source | None = None
    notes: tuple[str, ...] = ()
    shared: Verdict | None = None

    @property
    def contract(self) -> Verdict:
        """What the package's version goes by: its own classes, where they are judged apart."""
        return self.verdict if self.shared is None else self.shared

    @property
    def counted(self) -> tuple[str, ...]:
        """The directions that make a break; the other one only says who must be deployed first.

        Of the database `backward`, the services of today on the migrated schema: a release brings the
        migration that its code needs, so "migrate first" is the usual order and breaks nobody. Of what a
        service offers, what today's callers meet at the new service: nobody calls what is not there yet.
        """
        return _COUNTED.get(self.kind, ("forward", "backward"))

    @property
    def verdict(self) -> Verdict:
        """The worse of the directions that count; a break of the schema only is none."""
        counting = (getattr(self, direction) for direction in self.counted)
        verdicts = {each.verdict for each in counting if not each.schema_only}
        return next(each for each in _WORST if each in verdicts or each is Verdict.COMPATIBLE)

    @property
    def order(self) -> Order:
        """The order that is proved to be safe; `together` when none is."""
        ahead, back = _holds(self.forward), _holds(self.backward)
        if ahead:
            return Order.ANY if back else Order.WRITERS_FIRST
        return Order.READERS_FIRST if back else Order.TOGETHER

    @property
    def rollback_is_safe(self) -> bool:
        """Whether both ends may go back once new messages are under way; of the database, the services."""
        return _holds(self.backward) if self.kind is Kind.DATABASE else self.order is Order.ANY

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that stay while the finding says the same of the same place."""
        stable = (self.kind, self.subject, self.rule, self.place, self.new_place or "", self.verdict)
        return hashlib.sha256("\n".join(stable).encode()).hexdigest()[:12]


_WORST = (Verdict.BREAKING, Verdict.UNPROVEN, Verdict.COMPATIBLE)
_COUNTED = {
    Kind.DATABASE: ("backward",),
    Kind.REQUEST: ("backward",),
    Kind.OPERATION: ("forward",),
}


def _holds(comparison: Comparison) -> bool:
    return comparison.verdict is Verdict.COMPATIBLE or comparison.schema_only


@dataclass(frozen=True)
class Waiver:
    """A finding that was looked at and is accepted until a day.

    Attributes:
        fingerprint: of the finding.
        reason: why it is accepted.
        expires: the last day that it counts.
    """

    fingerprint: str
    reason: str
    expires: date


class Bump(StrEnum):
    """How far a version must be raised (SemVer; in 0.x a break raises the minor, an addition the patch)."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True)
class VersionAdvice:
    """The smallest correct version, and whether the project has it.

    Attributes:
        base: the version that the change starts from.
        declared: the version in `pyproject.toml` now.
        bump: what the findings ask for.
        smallest: the smallest correct version.
    """

    base: str
    declared: str
    bump: Bump
    smallest: str

    @property
    def enough(self) -> bool:
        """Whether the declared version is at least the smallest correct one."""
        return _numbers(self.declared) >= _numbers(self.smallest)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, eq=False)
class Report:
    """Everything that is to be said of a change.

    Attributes:
        base: what was compared with: `v0.4.2 (merge base 3f1c9ad)`.
        head: what is compared: `working tree`.
        findings: breaks first, then unproven, then safe; without the waived ones.
        waived: findings that a waiver accepts.
        stale: waivers that match no finding, or are past their day; they fail the check.
        version: the version the change needs; None where no version is known (two single files).
        notes: what else a reader should know: a consumer document that is missing, say.
        contradictions: where releases that really met did otherwise; they fail the check.
    """

    base: str
    head: str
    findings: Sequence[Finding]
    waived: Sequence[tuple[Finding, Waiver]] = ()
    stale: Sequence[Waiver] = ()
    version: VersionAdvice | None = None
    notes: Sequence[str] = ()
    contradictions: Sequence[str] = ()

    def count(self, verdict: Verdict) -> int:
        """How many findings have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def clean(self) -> bool:
        """Whether it may go in: all proved safe or waived, no stale waiver, and the version enough."""
        bad = any(finding.verdict is not Verdict.COMPATIBLE for finding in self.findings)
        bad = bad or bool(self.stale) or bool(self.contradictions)
        return not bad and (self.version is None or self.version.enough)
