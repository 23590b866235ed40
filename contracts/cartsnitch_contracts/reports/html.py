"""A report as one HTML file: nothing is fetched, nothing runs, and it reads by day and by night."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files
from string import Template

from cartsnitch_contracts.diff.report import Impact, Report
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.view import NOTHING, FindingView, Proof, ReportView, view

_CLASSES = {Verdict.BREAKING: "bad", Verdict.UNPROVEN: "unsure", Verdict.COMPATIBLE: "good"}
_IMPACTS = {Impact.STOPS: "bad", Impact.MAY_STOP: "unsure", Impact.SAFE: "good"}
_SIGNS = {"-": "gone", "+": "come"}


def render(report: Report) -> str:
    """The page."""
    words = view(report)
    page = Template((files(__package__) / "report.html").read_text(encoding="utf-8"))
    return page.substitute(
        state="good" if words.clean else "bad",
        summary=escape(words.summary),
        heading=escape(words.heading),
        body="\n".join(_body(words)),
    )


def _body(report: ReportView) -> Iterator[str]:
    for finding in report.findings:
        yield from _finding(finding)
    for finding, words in report.waived:
        yield f'<p class="aside">WAIVED <code>{escape(finding.where)}</code> {escape(words)}</p>'
    for stale in report.stale:
        yield f'<p class="aside bad">STALE {escape(stale)}</p>'
    if not (report.findings or report.waived or report.stale):
        yield f"<p>{NOTHING}</p>"
    for note in report.notes:
        yield f'<p class="aside">{escape(note)}</p>'


def _finding(finding: FindingView) -> Iterator[str]:
    yield f'<article class="{_CLASSES[finding.verdict]}">'
    yield f"<h2><b>{finding.label}</b> {escape(finding.subject)} <code>{escape(finding.place)}</code></h2>"
    facts = [escape(finding.summary), f"<code>{escape(finding.rule)}</code>"]
    if finding.source is not None:
        facts.append(f"<code>{escape(str(finding.source))}</code>")
    facts.append(f"fingerprint <code>{finding.fingerprint}</code>")
    yield f'<p class="soft">{" · ".join(filter(None, facts))}</p>'
    if finding.proved:
        yield f"<p>Proved: {escape(finding.proved)}.</p>"
    for proof in finding.proofs:
        yield from _proof(proof)
    yield from (f"<p>{escape(note)}</p>" for note in finding.notes)
    if finding.rows:
        yield "<table>"
        for row in finding.rows:
            cells = f"<th>{escape(row.name)}</th><td>{escape(row.version)}</td>"
            yield f'<tr>{cells}<td class="{_IMPACTS[row.impact]}">{escape(row.says)}</td></tr>'
        yield "</table>"
    yield f"<p><b>Order</b> {escape(finding.order)} · <b>Rollback</b> {escape(finding.rollback)}</p>"
    if finding.steps:
        yield "<ol>" + "".join(f"<li>{escape(step)}</li>" for step in finding.steps) + "</ol>"
    yield "</article>"


def _proof(proof: Proof) -> Iterator[str]:
    yield f"<p>{escape(proof.parties)}, {escape(proof.says)}{':' if proof.lines else '.'}</p>"
    if proof.lines:
        lines = (
            f'<span class="{_SIGNS.get(line.sign, "")}">{escape(str(line))}</span>' for line in proof.lines
        )
        yield f"<pre>{'\n'.join(lines)}</pre>"
    if proof.refused:
        yield f'<p class="soft">refused: {escape(proof.refused)}</p>'
