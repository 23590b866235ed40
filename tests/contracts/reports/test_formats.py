"""The same report for machines: each format read back by what will read it."""

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from markdown_it import MarkdownIt

import sample_reports as samples
from cartsnitch_contracts.reports import Format, render
from cartsnitch_contracts.reports.github import command, step_summary
from cartsnitch_contracts.reports.json import schema
from cartsnitch_contracts.validation import validator

STANDARDS = Path(__file__).parents[1] / "standards"
REPORTS = {
    name.lower(): getattr(samples, name) for name in ("BREAK", "ADDITION", "NOTHING", "FULL", "HOSTILE")
}


@pytest.fixture(params=REPORTS.values(), ids=REPORTS)
def report(request):
    """Each sample."""
    return request.param


@pytest.mark.parametrize("layout", Format)
def test_every_format_says_what_counts(layout):
    """The break's rule and its place, and the summary, in all but the escaping of one format."""
    text = render(samples.BREAK, layout).replace("\\u003e", ">").replace("&gt;", ">")

    assert "field-removed" in text
    assert "payload.total" in text
    assert "1 break, 0 unproven" in text or layout is Format.JUNIT
    assert "0.4.3 is too small: 0.5.0" in text
    assert text.endswith("\n")


def test_an_unknown_format_is_refused():
    """With the name that was given."""
    with pytest.raises(ValueError, match="yaml"):
        render(samples.BREAK, "yaml")


# json


def test_json_keeps_its_published_schema(report):
    """Also when no field may come that the schema does not declare."""
    text = render(report, "json")

    loaded = json.loads(text, parse_constant=pytest.fail)
    validator(_closed(schema())).validate(loaded)
    assert text.isascii()


def test_json_tells_a_break_with_its_witness():
    """Whole, in both directions, with the services and the version."""
    loaded = json.loads(render(samples.BREAK, "json"))

    finding = loaded["findings"][0]
    assert (loaded["clean"], loaded["exit_code"]) == (False, 1)
    assert loaded["version"]["smallest"] == "0.5.0"
    assert finding["forward"]["witness"] == samples.RENAMED_EVENT
    assert finding["backward"]["witness"] == samples.MINIMAL
    assert finding["fingerprint"] == samples.RENAMED.fingerprint
    assert finding["order"] == "together"
    assert [each["impact"] for each in finding["services"]] == ["stops", "stops", "safe", "safe"]
    assert "reason" not in finding["forward"]


def test_the_published_schema_demands_a_witness_of_a_break():
    """A consumer may rely on it."""
    loaded = json.loads(render(samples.BREAK, "json"))
    del loaded["findings"][0]["forward"]["witness"]

    assert not validator(schema()).is_valid(loaded)


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    return {**closed, "additionalProperties": False} if node.get("type") == "object" else closed


# github


def test_github_gets_one_annotation_for_each_root_cause():
    """Findings of one Python line share one; the second line's has its own."""
    again = dataclasses.replace(samples.RENAMED, subject="prices.updated")
    report = dataclasses.replace(samples.FULL, findings=[samples.RENAMED, samples.COLUMN, again], stale=())

    lines = render(report, "github").splitlines()

    assert len(lines) == 4
    assert lines[0].startswith(
        "::error file=src/cartsnitch_common/schemas/events.py,line=41,title=BREAKS receipts"
    )
    assert "prices.updated" in lines[0]
    assert lines[1].startswith(
        "::error file=alembic/cartsnitch_migrations/versions/0009_currency.py,line=22,"
    )
    assert lines[2].startswith("::error file=pyproject.toml,title=Version too small::Version 0.4.3")
    assert lines[3].startswith("3 breaks")


def test_github_warns_of_what_is_unproven_and_is_silent_about_what_is_safe():
    """A stale waiver is an error."""
    report = dataclasses.replace(samples.FULL, findings=[samples.UNPROVEN, samples.ADDED], version=None)

    lines = render(report, "github").splitlines()

    assert [line.partition(" ")[0] for line in lines[:-1]] == ["::warning", "::error", "::error"]
    assert "{store_slug}" in lines[0]


def test_github_commands_are_escaped():
    """As the runner decodes them: percent and line ends everywhere, colon and comma in properties."""
    assert command("error", "5%, a: b\r\nc", title="x: 5%, y\n", file="a,b.py", line="3") == (
        "::error file=a%2Cb.py,line=3,title=x%3A 5%25%2C y%0A::5%25, a: b%0D%0Ac"
    )


def test_github_takes_no_command_from_a_text(report):
    """Each line is one of ours, and the plain one at the end starts with a number."""
    *annotations, summary = render(report, "github").splitlines()

    assert all(line.startswith(("::error", "::warning")) for line in annotations)
    assert all(line.isprintable() for line in annotations)
    assert summary[0].isdigit()


def test_a_step_summary_never_outgrows_its_limit():
    """GitHub drops one of more than a MiB; it is cut, and says so."""
    notes = ["ü" * 400] * 3_000

    text = step_summary(dataclasses.replace(samples.BREAK, notes=notes))

    assert 900_000 < len(text.encode()) < 1_048_576
    assert "cut here: the report has 1," in text


# junit


def test_junit_counts_what_failed():
    """Breaks, unproven, stale waivers and the version; a waived finding is skipped, a safe one passes."""
    root = Xml.fromstring(render(samples.FULL, "junit"))  # noqa: S314 - our own

    (suite,) = root
    assert suite.attrib == {
        "name": "cartsnitch contracts",
        "tests": "8",
        "failures": "6",
        "errors": "0",
        "skipped": "1",
    }
    failure = suite.find("testcase[@classname='receipts.ingested']/failure")
    assert failure is not None
    assert failure.get("type") == "field-removed"
    assert '+  "grand_total": "41.17"' in (failure.text or "")
    skipped = suite.find("testcase[@classname='ShrinkRay GET /alerts']/skipped")
    assert skipped is not None
    assert "nobody calls it" in skipped.get("message", "")


def test_junit_is_never_empty_and_always_xml(report):
    """Servers call an empty suite a mistake; XML 1.0 has no control characters."""
    root = Xml.fromstring(render(report, "junit"))  # noqa: S314 - our own

    cases = root.findall("testsuite/testcase")
    assert cases
    assert int(root.get("tests", "0")) == len(cases)
    assert int(root.get("failures", "0")) == (0 if report.clean else len(root.findall(".//failure")))


# sarif


def test_sarif_keeps_the_standards_schema(report):
    """The official one, whatever the texts are."""
    standard = json.loads((STANDARDS / "sarif-2.1.0.json").read_bytes())

    jsonschema.Draft4Validator(standard).validate(json.loads(render(report, "sarif")))


def test_sarif_shows_what_needs_attention_where_it_is():
    """Rules with help, levels, lines and fingerprints; waived ones are suppressed, safe ones left out."""
    (run,) = json.loads(render(samples.FULL, "sarif"))["runs"]

    results, rules = run["results"], run["tool"]["driver"]["rules"]
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("field-removed", "error"),
        ("column-required", "error"),
        ("pattern-changed", "warning"),
        ("operation-removed", "none"),
        ("stale-waiver", "error"),
        ("stale-waiver", "error"),
        ("version-too-small", "error"),
    ]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert "Fix: " in rules[0]["help"]["text"]
    assert "{" not in rules[0]["help"]["text"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/cartsnitch_common/schemas/events.py"
    assert place["region"]["startLine"] == 41
    assert results[0]["partialFingerprints"] == {"contract/v1": samples.RENAMED.fingerprint}
    assert results[3]["suppressions"][0]["justification"].endswith("nobody calls it")
    fingerprints = [tuple(result["partialFingerprints"].values()) for result in results]
    assert len(set(fingerprints)) == len(fingerprints)


def test_sarif_messages_are_taken_word_for_word():
    """Neither a link nor an argument is read into a place."""
    finding = dataclasses.replace(samples.RENAMED, summary="[click](https://x.example) {0} {store}")

    (run,) = json.loads(render(dataclasses.replace(samples.BREAK, findings=[finding]), "sarif"))["runs"]

    assert "[click] (https://x.example) {{0} {store}" in run["results"][0]["message"]["text"]


# markdown and html


def test_markdown_reads_as_written():
    """Headings, the difference as a block, the services as a table."""
    html = MarkdownIt("commonmark").enable("table").render(render(samples.FULL, "markdown"))

    assert "<h2>❌ Contracts</h2>" in html
    assert '<code class="language-diff">-  &quot;total&quot;: &quot;41.17&quot;' in html
    assert "<td>❌ stops: reads it at handlers.py:58</td>" in html
    assert html.count("<table>") == 4
    assert "<li>drop total</li>" in html
    assert "\\" not in html.replace("\\u", "")


OUR_TAGS = {"h2", "h3", "p", "strong", "code", "pre", "blockquote", "ol", "ul", "li", "table"}
OUR_TAGS |= {"thead", "tbody", "tr", "th", "td"}


def test_markdown_takes_no_markup_from_a_text():
    """No tag, no link, no mention, no table and no list but ours."""
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(
        render(samples.HOSTILE, "markdown")
    )

    parsed = _Tags()
    parsed.feed(html)
    assert parsed.names <= OUR_TAGS
    assert not any("@all" in text or "https://" in text for text in parsed.outside_code)
    assert parsed.rows == 2
    assert len(html) < 30_000


def test_html_stands_alone_and_runs_nothing(report):
    """No script, no address, a policy that forbids both; light and dark."""
    page = render(report, "html")

    parsed = _Tags()
    parsed.feed(page)
    assert not parsed.names & {"script", "img", "link", "iframe", "a", "object", "form"}
    assert not parsed.attributes & {"src", "href", "onload", "onclick"}
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<article") == len(report.findings) == page.count("</article>")
    assert len(page) < 50_000


def test_html_holds_the_proof_and_the_plan():
    """As text: each is escaped once."""
    parsed = _Tags()
    parsed.feed(render(samples.FULL, "html"))

    text = "".join(parsed.texts)
    assert '+  "grand_total": "41.17"' in text
    assert "payload.total -> payload.grand_total" in text
    assert "the migration itself fails if purchases has rows" in text
    assert "&" not in text


class _Tags(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.outside_code: list[str] = []
        self.rows = 0
        self._code = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.rows += tag == "tr"
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if not self._code:
            self.outside_code.append(data)
