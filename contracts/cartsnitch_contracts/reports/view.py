"""A report in words. The formats only lay them out, so that all of them say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.report import (
    Comparison,
    Effect,
    Finding,
    Impact,
    Kind,
    Report,
    Source,
    VersionAdvice,
    Waiver,
)
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports import parties as ends
from cartsnitch_contracts.reports.witness import Line, Shown, shown, statement
from cartsnitch_contracts.reports.words import clean, listed, plural
from cartsnitch_contracts.topology import title

LABELS = {Verdict.BREAKING: "BREAKS", Verdict.UNPROVEN: "UNPROVEN", Verdict.COMPATIBLE: "SAFE"}
"""The word that a finding starts with."""
NOTHING = "Nothing changed that a writer or a reader could notice."


@dataclass(frozen=True)
class Proof:
    """Why one direction does not hold: a payload, or what could not be decided.

    Attributes:
        parties: `new ReceiptWitness -> old readers`.
        says: `smallest payload (rest as example "minimal")`, without a full stop.
        lines: the payload, as it differs from the example.
        refused: the reader's objection; empty where the finding says it already.
    """

    parties: str
    says: str
    lines: tuple[Line, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Row:
    """What a finding means for a service, or for several alike.

    Attributes:
        name: `StickerShock`, or `ShrinkRay, API`.
        version: `1.7.0 (common 0.4.2)`, as far as it is known.
        impact: whether it stops.
        says: `stops: reads it at handlers.py:58`.
    """

    name: str
    version: str
    impact: Impact
    says: str


@dataclass(frozen=True)
class FindingView:
    """One finding in words; see `Finding` for what the parts mean."""

    verdict: Verdict
    label: str
    subject: str
    place: str
    summary: str
    rule: str
    fingerprint: str
    source: Source | None
    proved: str
    proofs: tuple[Proof, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    order: str
    rollback: str
    steps: tuple[str, ...]

    @property
    def where(self) -> str:
        """`receipts.ingested  payload.total -> payload.grand_total`."""
        return f"{self.subject}  {self.place}" if self.place else self.subject

    @property
    def headline(self) -> str:
        """The finding on one line, for lists and annotations."""
        return "  ".join(filter(None, (self.label, self.where, self.summary)))


@dataclass(frozen=True)
class ReportView:
    """A whole report in words.

    Attributes:
        heading: `base v0.4.2 (merge base 3f1c9ad) -> working tree`.
        waived: findings with the waiver's words.
        stale: a line for each stale waiver.
        counts: `1 break, 0 unproven`.
        version: `Version 0.4.3 is too small: 0.5.0.`, or empty.
        version_is_enough: whether the declared version may stay.
    """

    heading: str
    findings: tuple[FindingView, ...]
    waived: tuple[tuple[FindingView, str], ...]
    stale: tuple[str, ...]
    notes: tuple[str, ...]
    counts: str
    version: str
    version_is_enough: bool
    clean: bool

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        return 0 if self.clean else 1

    @property
    def summary(self) -> str:
        """`1 break, 0 unproven. Version 0.4.3 is too small: 0.5.0.`"""
        return f"{self.counts}. {self.version}".rstrip()


def view(report: Report) -> ReportView:
    """Put a report into words."""
    current = {finding.fingerprint for finding in report.findings}
    return ReportView(
        heading=f"base {clean(report.base)} -> {clean(report.head)}",
        findings=tuple(map(finding_view, report.findings)),
        waived=tuple((finding_view(finding), _accepted(waiver)) for finding, waiver in report.waived),
        stale=tuple(_stale(waiver, waiver.fingerprint in current) for waiver in report.stale),
        notes=tuple(map(clean, report.notes)),
        counts=_counts(report),
        version="" if report.version is None else _version(report.version),
        version_is_enough=report.version is None or report.version.enough,
        clean=report.clean,
    )


def finding_view(finding: Finding) -> FindingView:
    """Put one finding into words."""
    of_database = finding.kind is Kind.DATABASE
    subject = "database" if of_database else clean(finding.subject)
    place = clean(finding.place)
    if of_database:
        place = f"{clean(finding.subject)}.{place}" if place else clean(finding.subject)
    if finding.new_place is not None:
        place = f"{place} -> {clean(finding.new_place)}"
    return FindingView(
        verdict=finding.verdict,
        label=LABELS[finding.verdict],
        subject=subject,
        place=place,
        summary=clean(finding.summary),
        rule=clean(finding.rule),
        fingerprint=finding.fingerprint,
        source=None if finding.source is None else Source(clean(finding.source.file), finding.source.line),
        proved=_proved(finding),
        proofs=_proofs(finding),
        notes=(*map(clean, finding.notes), *_for_the_version(finding)),
        rows=_rows(finding.effects),
        order=ends.order(finding),
        rollback=ends.rollback(finding),
        steps=tuple(map(clean, finding.steps)),
    )


def _proved(finding: Finding) -> str:
    if finding.verdict is not Verdict.COMPATIBLE:
        return ""
    if finding.forward.schema_only or finding.backward.schema_only:
        return "a reader's class takes what its schema refuses"
    return ends.proved(finding)


def _for_the_version(finding: Finding) -> tuple[str, ...]:
    if finding.verdict is finding.contract or finding.contract is Verdict.COMPATIBLE:
        return ()
    return ("the shared class refuses it, and no service decodes with that: for the version it is a break",)


def _proofs(finding: Finding) -> tuple[Proof, ...]:
    parties = ends.parties(finding)
    ahead, back = _shown(finding, "forward"), _shown(finding, "backward")
    proofs = [_proof(finding, "forward", parties.forward, ahead)]
    if ahead is not None and back is not None and back.mirrors(ahead):
        proofs.append(Proof(parties.backward, "the same the other way round"))
    else:
        proofs.append(_proof(finding, "backward", parties.backward, back))
    return tuple(proof for proof in proofs if proof is not None)


def _shown(finding: Finding, direction: str) -> Shown | None:
    comparison: Comparison = getattr(finding, direction)
    if comparison.verdict is not Verdict.BREAKING or direction not in finding.counted:
        return None
    witness = comparison.witness
    if finding.kind is Kind.DATABASE and isinstance(witness, dict) and "sql" in witness:
        return statement(witness)
    if witness is None and comparison.problem is None:
        return Shown(None, ())
    return shown(witness, finding.examples.get(direction, {}))


def _proof(finding: Finding, direction: str, parties: str, found: Shown | None) -> Proof | None:
    comparison: Comparison = getattr(finding, direction)
    noun = ends.parties(finding).payload
    if comparison.verdict is Verdict.UNPROVEN and direction in finding.counted:
        return Proof(parties, f"unproven: {clean(comparison.reason or 'it could not be decided')}")
    if found is None:
        return None
    if not found.lines and found.example is None:
        says = "; ".join(clean(mismatch.summary) for mismatch in comparison.findings) or "breaks"
    elif found.example is None:
        says = f"smallest {noun} found"
    elif found.lines:
        says = f'smallest {noun} (rest as example "{found.example}")'
    else:
        says = f'smallest {noun}: example "{found.example}" as it is'
    if comparison.schema_only:
        says = f"by the schema alone, the class takes it; {says}"
    return Proof(parties, says, found.lines, _refused(finding, comparison))


def _refused(finding: Finding, comparison: Comparison) -> str:
    problem, witness = comparison.problem, comparison.witness
    if finding.kind is Kind.DATABASE and isinstance(witness, dict):
        return clean("  ".join(str(witness[key]) for key in ("sqlstate", "message") if witness.get(key)))
    if problem is None:
        return ""
    missing = problem.rule == "required"
    if missing and places.show(places.pattern(problem.path)) in (finding.place, finding.new_place):
        return ""  # the difference shows it
    return f"{clean(problem.place)} {clean(problem.message)}"


def _rows(effects: Sequence[Effect]) -> tuple[Row, ...]:
    """A row for each service; those that are safe for one reason share one."""
    alike: dict[object, list[Effect]] = {}
    for number, effect in enumerate(effects):
        shared = effect.impact is Impact.SAFE
        alike.setdefault(effect.reason if shared else number, []).append(effect)
    return tuple(map(_row, alike.values()))


def _row(effects: Sequence[Effect]) -> Row:
    first = effects[0]
    version = ""
    if len(effects) == 1:
        pins = f"(common {clean(first.pins)})" if first.pins else ""
        version = f"{clean(first.version) if first.version else ''} {pins}".strip()
    says = f"{first.impact}: {clean(first.reason)}" if first.reason else str(first.impact)
    return Row(listed(clean(title(effect.service)) for effect in effects), version, first.impact, says)


def _counts(report: Report) -> str:
    safe = [finding for finding in report.findings if finding.verdict is Verdict.COMPATIBLE]
    added = sum(finding.rule.endswith("-added") for finding in safe)
    parts: Iterable[tuple[int, str]] = (
        (added, plural(added, "addition")),
        (len(safe) - added, f"{len(safe) - added:,} {'other ' if added else ''}safe"),
        (len(report.waived), f"{len(report.waived):,} waived"),
        (len(report.stale), plural(len(report.stale), "stale waiver")),
    )
    breaks, unproven = report.count(Verdict.BREAKING), report.count(Verdict.UNPROVEN)
    return ", ".join(
        [plural(breaks, "break"), f"{unproven:,} unproven", *(text for count, text in parts if count)]
    )


def _version(advice: VersionAdvice) -> str:
    declared, smallest = clean(advice.declared), clean(advice.smallest)
    if not advice.enough:
        return f"Version {declared} is too small: {smallest}."
    if declared == smallest:
        return f"Version {declared} is right."
    return f"Version {declared} is enough; {smallest} would do."


def _accepted(waiver: Waiver) -> str:
    return f"waived until {waiver.expires.isoformat()}: {clean(waiver.reason)}"


def _stale(waiver: Waiver, matches: bool) -> str:
    why = f"ended on {waiver.expires.isoformat()}" if matches else "matches no finding: remove it"
    return f"waiver {clean(waiver.fingerprint)} {why} ({clean(waiver.reason)})"
