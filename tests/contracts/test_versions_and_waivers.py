"""The version that a change needs, and findings that are accepted for a while."""

import json
from datetime import date

import pytest

from cartsnitch_contracts import DocumentError, Verdict
from cartsnitch_contracts.diff.report import Bump, Comparison, Finding, Kind, Waiver
from cartsnitch_contracts.diff.version import advise, bump, declared_version, raised
from cartsnitch_contracts.diff.waivers import load_waivers, sorted_out

BREAK = Finding(
    Kind.EVENT, "receipts.ingested", "field-removed", "payload.total", "removed", Comparison(Verdict.BREAKING)
)
UNPROVEN = Finding(
    Kind.EVENT, "receipts.ingested", "pattern-changed", "payload.x", "other", Comparison(Verdict.UNPROVEN)
)
ADDITION = Finding(Kind.EVENT, "receipts.ingested", "optional-field-added", "payload.note", "added")
PRIVATE = Finding(
    Kind.EVENT, "receipts.ingested", "field-removed", "payload.total", "removed", shared=Verdict.BREAKING
)
DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("version", "findings", "smallest"),
    [
        ("0.4.2", [], "0.4.2"),
        ("0.4.2", [ADDITION], "0.4.3"),
        ("0.4.2", [ADDITION, BREAK], "0.5.0"),
        ("0.4.2", [UNPROVEN], "0.5.0"),
        ("0.4.2", [PRIVATE], "0.5.0"),
        ("1.4.2", [], "1.4.2"),
        ("1.4.2", [ADDITION], "1.5.0"),
        ("1.4.2", [BREAK], "2.0.0"),
    ],
)
def test_the_smallest_correct_version(version, findings, smallest):
    """SemVer; in 0.x a break raises the minor, an addition the patch. What breaks our own classes counts."""
    assert raised(version, bump(version, findings)) == smallest


def test_before_the_first_release_any_version_will_do():
    """Nobody pins what was never released."""
    advice = advise(None, "0.1.0", [BREAK])

    assert advice is not None
    assert (advice.bump, advice.smallest, advice.enough) == (Bump.NONE, "0.1.0", True)


@pytest.mark.parametrize("declared", ["", "1.0", "0.4.2.dev1"])
def test_where_no_version_is_declared_there_is_no_advice(declared):
    """Two single files have none."""
    assert advise("0.4.2", declared, [BREAK]) is None


def test_a_version_is_read_from_pyproject():
    """Empty where none is stated, an error where it is no TOML."""
    assert declared_version(b'[project]\nversion = "0.4.3"\n', "pyproject.toml") == "0.4.3"
    assert declared_version(b'[project]\ndynamic = ["version"]\n', "pyproject.toml") == ""
    with pytest.raises(DocumentError, match=r"pyproject\.toml of main is no TOML"):
        declared_version(b"[project", "pyproject.toml of main")


def test_a_waiver_counts_to_its_last_day():
    """For its finding alone; a waiver for what is safe is stale."""
    mine = Waiver(BREAK.fingerprint, "on purpose", DAY)
    safe = Waiver(ADDITION.fingerprint, "not needed", DAY)

    counting, waived, stale = sorted_out([BREAK, UNPROVEN, ADDITION], [mine, safe], DAY)

    assert counting == [UNPROVEN, ADDITION]
    assert waived == [(BREAK, mine)]
    assert stale == [safe]
    assert sorted_out([BREAK], [mine], date(2026, 3, 11)) == ([BREAK], [], [mine])


def test_a_finding_that_gets_worse_is_not_waived():
    """Its fingerprint holds the verdict."""
    unproven = Finding(
        BREAK.kind, BREAK.subject, BREAK.rule, BREAK.place, BREAK.summary, Comparison(Verdict.UNPROVEN)
    )

    counting, _, stale = sorted_out([BREAK], [Waiver(unproven.fingerprint, "proved by hand", DAY)], DAY)

    assert counting == [BREAK]
    assert stale


def test_waivers_are_read(tmp_path):
    """Fingerprint, reason and last day."""
    file = tmp_path / "waivers.json"
    file.write_text(json.dumps([{"fingerprint": "0123456789ab", "reason": "why", "expires": "2026-12-31"}]))

    assert load_waivers(file) == (Waiver("0123456789ab", "why", date(2026, 12, 31)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "is no list of waivers"),
        ("[1]", "entry 1 has no fingerprint"),
        ('[{"fingerprint": "xyz"}]', "entry 1 has no fingerprint"),
        ('[{"fingerprint": "0123456789ab", "reason": " "}]', "entry 1 gives no reason"),
        ('[{"fingerprint": "0123456789ab", "reason": "x"}]', "entry 1 expires on no day: None"),
        ('[{"fingerprint": "0123456789ab", "reason": "x", "expires": "soon"}]', "expires on no day: 'soon'"),
    ],
)
def test_a_broken_waiver_is_explained(tmp_path, text, message):
    """With the form that it should have."""
    file = tmp_path / "waivers.json"
    file.write_text(text)

    with pytest.raises(DocumentError, match="Write a list of") as caught:
        load_waivers(file)

    assert message in str(caught.value)


def test_a_missing_file_of_waivers_is_an_error(tmp_path):
    """One that was named."""
    with pytest.raises(DocumentError, match="cannot be read"):
        load_waivers(tmp_path / "none.json")
