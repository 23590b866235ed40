"""A report as GitHub annotations: one for each root cause, on the Python line that caused it.

GitHub shows ten errors and ten warnings a step; the step summary holds the whole report.
"""

from collections.abc import Iterator

from cartsnitch_contracts.diff.report import Report
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports import markdown
from cartsnitch_contracts.reports.view import FindingView, ReportView, view

MOST_SUMMARY = 1_000_000
"""Bytes; GitHub refuses a step's summary of more than 1 MiB."""
MOST_IN_ONE = 5
"""So many findings of one root cause are named in its annotation."""


def render(report: Report) -> str:
    """Workflow commands, one a line, then the summary in plain words."""
    words = view(report)
    return "\n".join([*_annotations(words), _data(words.summary)]) + "\n"


def step_summary(report: Report) -> str:
    """The whole report for the step's summary, cut where GitHub would drop all of it."""
    text = markdown.render(report)
    if len(text.encode()) <= MOST_SUMMARY:
        return text
    cut = text.encode()[:MOST_SUMMARY].decode(errors="ignore")
    return f"{cut}\n\n... cut here: the report has {len(text):,} characters.\n"


def _annotations(report: ReportView) -> Iterator[str]:
    causes: dict[object, list[FindingView]] = {}
    for number, finding in enumerate(report.findings):
        if finding.verdict is not Verdict.COMPATIBLE:
            causes.setdefault(finding.source or number, []).append(finding)
    for findings in causes.values():
        yield _annotation(findings)
    for stale in report.stale:
        yield command("error", f"{stale}. A stale waiver fails the check.", title="Stale waiver")
    if not report.version_is_enough:
        yield command("error", report.version, title="Version too small", file="pyproject.toml")


def _annotation(findings: list[FindingView]) -> str:
    first = findings[0]
    level = "error" if any(each.verdict is Verdict.BREAKING for each in findings) else "warning"
    lines = [line for each in findings[:MOST_IN_ONE] for line in _says(each)]
    if len(findings) > MOST_IN_ONE:
        lines.append(f"... and {len(findings) - MOST_IN_ONE} more from this line")
    properties = {"title": f"{first.label} {first.where} ({first.rule})"}
    if first.source is not None:
        properties |= {"file": first.source.file, "line": str(first.source.line)}
    return command(level, "\n".join(lines), **properties)


def _says(finding: FindingView) -> Iterator[str]:
    yield finding.headline
    for row in finding.rows:
        yield f"{row.name} {row.version}".rstrip() + f" {row.says}"
    yield f"order: {finding.order}; rollback: {finding.rollback}"
    if finding.steps:
        yield "do: " + "; ".join(f"{number} {step}" for number, step in enumerate(finding.steps, 1))


def command(level: str, message: str, **properties: str) -> str:
    """One workflow command: `::error file=...,line=...,title=...::message`."""
    order = [name for name in ("file", "line", "title") if name in properties]
    listed = ",".join(f"{name}={_property(properties[name])}" for name in order)
    return f"::{level} {listed}::{_data(message)}" if listed else f"::{level}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
