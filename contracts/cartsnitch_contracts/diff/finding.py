"""A judged change as a finding."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.exchange import Judged, worst
from cartsnitch_contracts.diff.report import Comparison, Effect, Finding, Impact, Kind
from cartsnitch_contracts.diff.steps import field_of, filled, steps
from cartsnitch_contracts.inclusion import Verdict

SEVERITY = [Verdict.BREAKING, Verdict.UNPROVEN, Verdict.COMPATIBLE]
"""What comes first in a report."""
_SERVICE_FIRST = ("deploy {readers}", "then use {field} in {writers}")
"""The safe way where only tomorrow's callers would meet today's service."""


def breaks_first(findings: Iterable[Finding]) -> list[Finding]:
    """Breaks, then what is unproven, then what is safe."""
    return sorted(findings, key=lambda finding: SEVERITY.index(finding.verdict))


def made(
    judged: Judged,
    *,
    kind: Kind,
    subject: str,
    forward: Comparison,
    backward: Comparison,
    effects: tuple[Effect, ...],
    writers: Iterable[str],
    readers: Iterable[str] = (),
    examples: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str] | None = None,
    shared: Iterable[Comparison] = (),
) -> Finding:
    """The finding of one change: the rule that explains the proof, and safe steps where some are needed.

    `names` gives some rules the ids that they have for this kind; `shared` are the directions as they are for
    the package's own classes.
    """
    change = judged.change
    objections = [each.problem.rule for each in (forward, backward) if each.problem is not None]
    rule, words = change.hit(objections)
    known_as = (names or {}).get(rule.id, rule.id)
    finding = Finding(
        kind=kind,
        subject=subject,
        rule=known_as,
        place=places.show(change.path) if change.path else "",
        summary=words,
        forward=forward,
        backward=backward,
        new_place=None if change.new_path is None else places.show(change.new_path),
        effects=effects,
        examples=examples,
        shared=worst(shared).verdict,
    )
    harmless = finding.forward.verdict is finding.backward.verdict is Verdict.COMPATIBLE
    if harmless and rule.id != "optional-field-removed":
        return finding
    stopped = [each.service for each in effects if each.impact is not Impact.SAFE]
    if kind is Kind.REQUEST:
        writers = stopped or writers
    else:
        readers = stopped or readers
    if kind is Kind.REQUEST and finding.verdict is Verdict.COMPATIBLE:
        chosen = filled(_SERVICE_FIRST, field_of(change), writers, readers)
    else:
        chosen = steps(known_as, change, readers, writers)
    return dataclasses.replace(finding, steps=chosen)
