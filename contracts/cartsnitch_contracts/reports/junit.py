"""A report as JUnit XML: a test case for each finding, so that CI servers list what failed."""

from xml.etree import ElementTree as Xml

from cartsnitch_contracts.diff.report import Report
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.reports.text import Text
from cartsnitch_contracts.reports.view import NOTHING, FindingView, view


def render(report: Report) -> str:
    """One suite; breaks, unproven findings, stale waivers and too small a version are failures."""
    words = view(report)
    suite = Xml.Element("testsuite", name="cartsnitch contracts")
    for finding in words.findings:
        case = _case(suite, finding)
        if finding.verdict is not Verdict.COMPATIBLE:
            failure = Xml.SubElement(case, "failure", type=finding.rule, message=finding.headline)
            failure.text = "\n".join(Text(colour=False).finding(finding))
    for finding, reason in words.waived:
        Xml.SubElement(_case(suite, finding), "skipped", message=reason)
    for stale in words.stale:
        case = Xml.SubElement(suite, "testcase", classname="waivers", name=stale)
        Xml.SubElement(case, "failure", type="stale-waiver", message=stale)
    if words.version:
        case = Xml.SubElement(suite, "testcase", classname="version", name="pyproject.toml")
        if not words.version_is_enough:
            Xml.SubElement(case, "failure", type="version-too-small", message=words.version)
    if not len(suite):  # an empty suite counts as a mistake with many servers
        Xml.SubElement(suite, "testcase", classname="contracts", name=NOTHING)
    counts = {
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": "0",
        "skipped": str(len(suite.findall("testcase/skipped"))),
    }
    for name, value in counts.items():
        suite.set(name, value)
    root = Xml.Element("testsuites", {"name": words.heading, **counts})
    root.append(suite)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _case(suite: Xml.Element, finding: FindingView) -> Xml.Element:
    name = f"{finding.place} {finding.rule}".strip()
    case = Xml.SubElement(suite, "testcase", classname=finding.subject, name=name)
    if finding.source is not None:
        case.set("file", finding.source.file)
        case.set("line", str(finding.source.line))
    return case
