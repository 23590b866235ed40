"""A report as SARIF 2.1.0, for code scanning: what needs attention, and what was waived."""

import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any, Final

from cartsnitch_contracts.diff.report import Report
from cartsnitch_contracts.diff.rules import RULES
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.text import Text
from cartsnitch_contracts.reports.view import FindingView, ReportView, view
from cartsnitch_contracts.reports.words import spelled

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
FALLBACK: Final = "pyproject.toml"
"""Where a finding is shown whose line is not known: code scanning takes no result without a file."""
_LEVELS: Final = {Verdict.BREAKING: "error", Verdict.UNPROVEN: "warning", Verdict.COMPATIBLE: "none"}
_OWN_RULES: Final = {
    "stale-waiver": (
        "A waiver matches no finding, or is past its day.",
        "Remove it from the waivers' file, or look at the finding again and give it another day.",
    ),
    "version-too-small": (
        "The version in pyproject.toml is too small for what changed.",
        "Raise it to the version that the report names.",
    ),
}
"""What the report says beyond the table of rules: purpose and fix."""


def render(report: Report) -> str:
    """One run. Safe findings are left out: code scanning would list them as alerts."""
    words = view(report)
    results = list(_results(words))
    rules = list(dict.fromkeys(result["ruleId"] for result in results))
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    driver = {
        "name": "cartsnitch contracts",
        "semanticVersion": version("cartsnitch-common"),
        "informationUri": "https://github.com/cartsnitch/cartsnitch-common/blob/main/docs/contracts.md",
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The repository."}}},
        "properties": {"summary": words.summary, "compared": words.heading},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _results(report: ReportView) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        if finding.verdict is not Verdict.COMPATIBLE:
            yield _finding(finding)
    for finding, reason in report.waived:
        suppression = {"kind": "external", "status": "accepted", "justification": reason}
        yield {**_finding(finding), "suppressions": [suppression]}
    for stale in report.stale:
        yield _result("stale-waiver", "error", stale, stale)
    if not report.version_is_enough:
        yield _result("version-too-small", "error", report.version, report.version)


def _finding(finding: FindingView) -> dict[str, Any]:
    text = "\n".join(Text(colour=False).finding(finding))
    result = _result(finding.rule, _LEVELS[finding.verdict], text, finding.fingerprint)
    if finding.verdict is Verdict.COMPATIBLE:
        result["kind"] = "pass"
    location = result["locations"][0]
    location["logicalLocations"] = [{"fullyQualifiedName": finding.where, "kind": "member"}]
    if finding.source is not None:
        location["physicalLocation"] = _place(finding.source.file, finding.source.line)
    return result


def _result(rule: str, level: str, text: str, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": _literal(text)},
        "locations": [{"physicalLocation": _place(FALLBACK, 1)}],
        "partialFingerprints": {"contract/v1": fingerprint},
    }


def _literal(text: str) -> str:
    """A message that SARIF takes word for word: `{0}` would be an argument, and `](` a link."""
    return re.sub(r"\{(?=\d)", "{{", text).replace("](", "] (")


def _place(file: str, line: int) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(file), "uriBaseId": "SRCROOT"},
        "region": {"startLine": line},
    }


def _uri(file: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - 8 ms that no other format needs

    return quote(file.replace("\\", "/"))


def _rule(rule: str) -> dict[str, Any]:
    purpose, fix = _OWN_RULES.get(rule, (f"A contract changed: {rule}.", ""))
    steps: tuple[str, ...] = ()
    if rule in RULES:
        purpose, fix, steps = RULES[rule].purpose, RULES[rule].fix, RULES[rule].steps
    text = _help(purpose, fix, steps)
    return {
        "id": rule,
        "name": "".join(part.capitalize() for part in rule.split("-")),
        "shortDescription": {"text": purpose.partition(".")[0] + "."},
        "fullDescription": {"text": purpose},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "error"},
    }


def _help(purpose: str, fix: str, steps: Iterable[str]) -> str:
    parts = [purpose, f"Fix: {fix}" if fix else ""]
    parts += [f"{number}. {spelled(step)}" for number, step in enumerate(steps, 1)]
    return "\n\n".join(filter(None, parts))
