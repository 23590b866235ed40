"""A report as JSON; `report.schema.json` beside this module is its published schema."""

import json
from importlib.resources import files
from typing import Any

from cartsnitch_contracts.diff.report import Comparison, Effect, Finding, Report, VersionAdvice, Waiver
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.view import FindingView, ReportView, finding_view, view
from cartsnitch_contracts.reports.words import plain

FORMAT = 1
"""Raised when a field goes or changes its meaning; a field more leaves it."""


def render(report: Report) -> str:
    """The report; every character beyond ASCII is escaped, so that no console spoils it."""
    return json.dumps(as_dict(report), indent=2, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema 2020-12 that every report keeps."""
    loaded: dict[str, Any] = json.loads((files(__package__) / "report.schema.json").read_bytes())
    return loaded


def as_dict(report: Report) -> dict[str, Any]:
    """The report in plain values."""
    words: ReportView = view(report)
    return {
        "format": FORMAT,
        "base": report.base,
        "head": report.head,
        "clean": report.clean,
        "exit_code": words.exit_code,
        "summary": words.summary,
        "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
        "version": None if report.version is None else _version(report.version),
        "findings": [_finding(finding) for finding in report.findings],
        "waived": [
            {"finding": _finding(finding), "waiver": _waiver(waiver)} for finding, waiver in report.waived
        ],
        "stale": [_waiver(waiver) for waiver in report.stale],
        "notes": list(report.notes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    words: FindingView = finding_view(finding)
    return {
        "fingerprint": finding.fingerprint,
        "verdict": finding.verdict,
        "kind": finding.kind,
        "subject": finding.subject,
        "rule": finding.rule,
        "place": finding.place,
        "new_place": finding.new_place,
        "summary": finding.summary,
        "source": None
        if finding.source is None
        else {"file": finding.source.file, "line": finding.source.line},
        "order": finding.order,
        "rollback": {"safe": finding.rollback_is_safe, "says": words.rollback},
        "forward": _comparison(finding.forward),
        "backward": _comparison(finding.backward),
        "services": [_effect(effect) for effect in finding.effects],
        "steps": list(finding.steps),
        "notes": list(finding.notes),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    result: dict[str, Any] = {"verdict": comparison.verdict, "schema_only": comparison.schema_only}
    if comparison.verdict is Verdict.UNPROVEN:
        result["reason"] = comparison.reason
    if comparison.verdict is Verdict.BREAKING:
        result["witness"] = plain(comparison.witness)
        result["problem"] = None
        if comparison.problem is not None:
            problem = comparison.problem
            result["problem"] = {
                "place": problem.place,
                "rule": problem.rule,
                "message": problem.message,
            }
    return result


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "service": effect.service,
        "version": effect.version,
        "pins": effect.pins,
        "impact": effect.impact,
        "reason": effect.reason,
    }


def _version(advice: VersionAdvice) -> dict[str, Any]:
    return {
        "base": advice.base,
        "declared": advice.declared,
        "bump": advice.bump,
        "smallest": advice.smallest,
        "enough": advice.enough,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "fingerprint": waiver.fingerprint,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
    }
