"""A report as text for a terminal: the break first, the smallest proof, who stops, the order, what to do."""

from collections.abc import Iterator

from cartsnitch_contracts.diff.report import Impact
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.view import NOTHING, FindingView, Proof, ReportView

WIDTH = 80
"""Columns that the rule and the exit code are set against; a longer line simply goes on."""
_KEYS, _ORDER = 10, 22
_RED, _YELLOW, _GREEN, _DIM, _BOLD = "31", "33", "32", "2", "1"
_LABEL_COLOURS = {Verdict.BREAKING: "1;31", Verdict.UNPROVEN: "1;33", Verdict.COMPATIBLE: "1;32"}
_IMPACT_COLOURS = {Impact.STOPS: _RED, Impact.MAY_STOP: _YELLOW, Impact.SAFE: _GREEN}
_SIGN_COLOURS = {"-": _RED, "+": _GREEN}


class Text:
    """Lays out a report, in colour where `colour`."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def render(self, report: ReportView) -> str:
        """The whole report, a newline at its end."""
        return "\n".join(self._report(report)) + "\n"

    def _report(self, report: ReportView) -> Iterator[str]:
        yield report.heading
        for finding in report.findings:
            yield from self.finding(finding)
            yield ""
        for finding, words in report.waived:
            yield _apart(f"WAIVED  {finding.where}  {words}", finding.rule)
        for stale in report.stale:
            yield f"{self._paint('STALE', _RED)}   {stale}"
        if not (report.findings or report.waived or report.stale):
            yield NOTHING
        for note in report.notes:
            yield f"note    {note}"
        yield _apart(report.summary, f"exit {report.exit_code}")

    def finding(self, finding: FindingView) -> Iterator[str]:
        """One finding."""
        label = f"{finding.label:<7}"
        words = f" {finding.where}  {finding.summary}".rstrip()
        headline = _apart(f"{label}{words}", finding.rule)
        yield self._paint(label, _LABEL_COLOURS[finding.verdict]) + headline[len(label) :]
        bad = finding.verdict is not Verdict.COMPATIBLE
        origin = [str(finding.source)] if finding.source else []
        origin += [f"fingerprint {finding.fingerprint}"] if bad else []
        if origin:
            yield self._paint(f"        {'  '.join(origin)}", _DIM)
        if finding.proved:
            yield f"  {'proved':<{_KEYS}}{finding.proved}"
        for proof in finding.proofs:
            yield from self._proof(proof)
        yield from (f"  {note}" for note in finding.notes)
        yield from self._rows(finding)
        yield from _order(finding)
        yield from _steps(finding)

    def _proof(self, proof: Proof) -> Iterator[str]:
        yield f"  {proof.parties}, {proof.says}{':' if proof.lines else ''}"
        for line in proof.lines:
            yield self._paint(f"    {line}", _SIGN_COLOURS.get(line.sign, ""))
        if proof.refused:
            yield f"    refused: {proof.refused}"

    def _rows(self, finding: FindingView) -> Iterator[str]:
        names = max((len(row.name) for row in finding.rows if row.version), default=0)
        who = [f"{row.name:<{names}} {row.version}" if row.version else row.name for row in finding.rows]
        widest = max(map(len, who), default=0)
        for name, row in zip(who, finding.rows, strict=True):
            head, colon, reason = row.says.partition(":")
            yield f"  {name:<{widest}}  {self._paint(head, _IMPACT_COLOURS[row.impact])}{colon}{reason}"

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style else text


def _order(finding: FindingView) -> Iterator[str]:
    if len(finding.order) <= _ORDER:
        yield f"  {'order':<{_KEYS}}{finding.order:<{_ORDER}} rollback  {finding.rollback}"
    else:
        yield f"  {'order':<{_KEYS}}{finding.order}"
        yield f"  {'rollback':<{_KEYS}}{finding.rollback}"


def _steps(finding: FindingView) -> Iterator[str]:
    line = ""
    for number, step in enumerate(finding.steps, 1):
        text = f"{number} {step}"
        if line and len(line) + len(text) + 3 <= WIDTH - _KEYS:
            line += f"   {text}"
            continue
        if line:
            yield f"  {'do' if line.startswith('1 ') else '':<{_KEYS}}{line}"
        line = text
    if line:
        yield f"  {'do' if line.startswith('1 ') else '':<{_KEYS}}{line}"


def _apart(left: str, right: str) -> str:
    """Two texts at the two ends of a line, two blanks between them at least."""
    return f"{left}{' ' * max(2, WIDTH - len(left) - len(right))}{right}"
