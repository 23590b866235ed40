"""`cartsnitch demo`, run as people run it: servers, receipts, events, alerts, contracts and the report."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from cartsnitch_cli.demo.town import town

COUNT = 120


def run_demo(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "demo", *map(str, arguments)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "160", "HOME": str(folder), "TERM": "dumb"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """One whole run; gives the process and the folder that it wrote to."""
    folder = tmp_path_factory.mktemp("demo")
    return run_demo(folder, "--count", COUNT, "--seed", 2), folder / "out"


def row(text, name):
    """What the summary table says of a name."""
    return re.search(rf"│ {re.escape(name)} +│ (.*?) +│", text).group(1)


def test_the_main_job_runs_from_end_to_end(generated):
    """Every receipt arrives, every event keeps its contract, and the service hears of each."""
    process, _ = generated

    assert process.returncode == 0, process.stdout + process.stderr
    assert row(process.stdout, "receipts").startswith(f"{COUNT} ingested")
    assert int(row(process.stdout, "lines")) > COUNT
    assert row(process.stdout, "cartsnitch.receipts.ingested") == str(COUNT)
    assert row(process.stdout, "contract findings").startswith("0 in ")
    assert row(process.stdout, "broken contract") == "caught"
    assert "BREAKS" in process.stdout
    assert "payload.total -> payload.grand_total" in process.stdout


def test_every_planted_increase_that_receipts_show_is_found(generated):
    """And nothing else: the end of a sale is no increase."""
    process, _ = generated

    said = row(process.stdout, "price alerts")

    found, missed, noise = re.match(r"(\d+) of 8 planted found, (\d+) missed, (\d+) noise", said).groups()
    assert int(found) >= 4
    assert (missed, noise) == ("0", "0")
    assert row(process.stdout, "cartsnitch.alerts.price_increase") == found


def test_the_receipts_lie_there_as_the_stores_write_them(generated):
    """One file each, in a folder per store."""
    _, out = generated

    written = {path.stem: json.loads(path.read_text()) for path in (out / "receipts").rglob("*.json")}

    assert written == {receipt.receipt_id: receipt.raw() for receipt in town(2, COUNT).receipts(COUNT)}


class _Page(HTMLParser):
    """Checks that tags close, and notes what the page has."""

    VOID = frozenset({"meta", "link", "img", "br", "line", "circle"})

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_report_stands_alone_and_shows_all(generated):
    """Nothing is loaded from elsewhere; slips, charts, alerts, events and the broken contract are in it."""
    _, out = generated
    page = _Page()
    source = (out / "report.html").read_text(encoding="utf-8")

    page.feed(source)

    text = "".join(page.text)
    assert page.open == []
    assert not [tag for tag, attributes in page.tags if {"src", "href", "srcset"} & attributes.keys()]
    assert not {"script", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert not re.search(r"url\(|@import", source)
    assert sum(attributes.get("class") == "slip" for tag, attributes in page.tags if tag == "pre") == 3
    assert sum(attributes.get("class") == "regular" for tag, attributes in page.tags if tag == "path") > 4
    for words in (
        "MI SALES TAX",
        "**** BALANCE",
        "CIRCLE MEMBER",
        "planted found",
        "grand_total",
        "price_history_id",
    ):
        assert words in text


def test_a_users_own_files_are_ingested_and_bad_ones_named(tmp_path):
    """A list, a receipt given twice, and files that cannot be read; what can be read goes on."""
    own = tmp_path / "own"
    (own / "deep").mkdir(parents=True)
    receipts = [receipt.raw() for receipt in town(5, 12).receipts(12)]
    (own / "all.json").write_text(json.dumps(receipts))
    (own / "deep" / "again.json").write_text(json.dumps(receipts[0]))
    (own / "bad.json").write_text("{no json")
    (own / "other.json").write_text('{"shop": "Aldi"}')
    key = "transactionId" if "transactionId" in receipts[1] else "orderId"
    (own / "half.json").write_text(json.dumps(receipts[1] | {"note": "\ud800", key: "NEW-1"}))

    process = run_demo(tmp_path, "--receipts", own, "--out", tmp_path / "report")

    assert process.returncode == 0, process.stdout + process.stderr
    assert row(process.stdout, "receipts").startswith("12 ingested, 1 known already")
    assert row(process.stdout, "left out") == "3"
    assert re.search(r"Left out \S+bad\.json: not JSON", process.stdout)
    assert re.search(r"Left out \S+other\.json: no store is recognised", process.stdout)
    assert re.search(r"Left out \S+half\.json: the database refuses it", process.stdout)
    assert "bad.json" in (tmp_path / "report" / "report.html").read_text()
    assert not (tmp_path / "report" / "receipts").exists()


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_without_receipts_is_an_error(tmp_path, make):
    """Exit code 2, and what to do; nothing is started."""
    folder = tmp_path / "none"
    if make:
        folder.mkdir()

    process = run_demo(tmp_path, "--receipts", folder)

    assert process.returncode == 2
    assert str(folder) in process.stderr
    assert "Postgres" not in process.stdout
