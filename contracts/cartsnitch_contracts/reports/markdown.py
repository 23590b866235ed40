"""A report as Markdown, for a step summary or a comment."""

import re
from collections.abc import Iterator

from cartsnitch_contracts.diff.report import Impact, Report
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.view import NOTHING, FindingView, Proof, ReportView, view

MARKS = {Verdict.BREAKING: "❌", Verdict.UNPROVEN: "❓", Verdict.COMPATIBLE: "✅"}
_IMPACTS = {Impact.STOPS: "❌", Impact.MAY_STOP: "❓", Impact.SAFE: "✅"}
_CUT = "<!-- -->"
"""It shows as nothing, and keeps GitHub from linking addresses and telling people."""
_SPECIAL = re.compile(r"[\\`*_\[\]|~]|^\s*[-+#>=]|^\s*\d+(?=[.)])")


def render(report: Report) -> str:
    """The whole report; nothing in it can pass for markup, a link or a mention."""
    return "\n".join(_report(view(report))) + "\n"


def _report(report: ReportView) -> Iterator[str]:
    yield f"## {'✅' if report.clean else '❌'} Contracts"
    yield ""
    yield f"**{prose(report.summary)}**"
    yield ""
    yield prose(report.heading)
    yield ""
    for finding in report.findings:
        yield from _finding(finding)
    if report.waived:
        yield "### Waived"
        yield ""
        for finding, words in report.waived:
            yield f"- {code(finding.where)} {prose(finding.rule)}, {prose(words)}"
        yield ""
    if report.stale:
        yield "### Stale waivers"
        yield ""
        for stale in report.stale:
            yield f"- {prose(stale)}"
        yield ""
    if not (report.findings or report.waived or report.stale):
        yield NOTHING
        yield ""
    for note in report.notes:
        yield f"> {prose(note)}"
        yield ""


def _finding(finding: FindingView) -> Iterator[str]:
    yield f"### {MARKS[finding.verdict]} {finding.label} {code(finding.where)}"
    yield ""
    facts = [prose(finding.summary), code(finding.rule)]
    if finding.source is not None:
        facts.append(code(str(finding.source)))
    if finding.verdict is not Verdict.COMPATIBLE:
        facts.append(f"fingerprint {code(finding.fingerprint)}")
    yield " · ".join(filter(None, facts))
    yield ""
    if finding.proved:
        yield f"Proved: {prose(finding.proved)}."
        yield ""
    for proof in finding.proofs:
        yield from _proof(proof)
    for note in finding.notes:
        yield prose(note)
        yield ""
    if finding.rows:
        yield "| service | version | |"
        yield "|---|---|---|"
        for row in finding.rows:
            yield f"| {prose(row.name)} | {prose(row.version)} | {_IMPACTS[row.impact]} {prose(row.says)} |"
        yield ""
    yield f"**Order** {prose(finding.order)} · **Rollback** {prose(finding.rollback)}"
    yield ""
    for number, step in enumerate(finding.steps, 1):
        yield f"{number}. {prose(step)}"
    if finding.steps:
        yield ""


def _proof(proof: Proof) -> Iterator[str]:
    yield f"{prose(proof.parties)}, {prose(proof.says)}{':' if proof.lines else '.'}"
    yield ""
    if proof.lines:
        lines = [str(line) for line in proof.lines]
        fence = "`" * max(3, 1 + max(map(_ticks, lines)))
        yield f"{fence}diff"
        yield from lines
        yield fence
        yield ""
    if proof.refused:
        yield f"Refused: {prose(proof.refused)}"
        yield ""


def prose(text: str) -> str:
    """Text that reads as it is: no markup, no tag, no mention."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    text = _SPECIAL.sub(_literal, text)
    return text.replace("@", f"@{_CUT}").replace("://", f":{_CUT}//").replace("www.", f"www{_CUT}.")


def _literal(found: re.Match[str]) -> str:
    blank, special = found[0][:-1], found[0][-1]
    return f"{found[0]}\\" if special.isdigit() else f"{blank}\\{special}"


def code(text: str) -> str:
    """Text as code, whatever backticks are in it; a bar would end a table's cell."""
    ticks = "`" * (_ticks(text) + 1)
    padded = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{ticks}{padded}{ticks}" if text else ""


def _ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
