"""`cartsnitch contracts`, run as people run it."""

import io
import json
import subprocess
import sys

import pytest

from cartsnitch_cli.main import run
from cartsnitch_contracts import documents, load_document, rename_field
from cartsnitch_contracts.drafts import drafts

RECEIPTS = load_document("receipts.ingested")


@pytest.fixture
def cartsnitch(monkeypatch, capsys):
    """Run the command; gives the exit code, what it said and what it complained of."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cartsnitch", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def events(tmp_path):
    """A file with every accepted example, one a line."""
    lines = [json.dumps(event) for document in documents() for event in document.accepted.values()]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return file


def test_export_writes_and_check_agrees(cartsnitch, tmp_path):
    """A stale file is named with the command that writes it."""
    code, said, _ = cartsnitch("contracts", "export", "--to", tmp_path)
    assert code == 0
    assert said.count("wrote ") == len(drafts())
    assert cartsnitch("contracts", "export", "--check", "--to", tmp_path)[0] == 0

    stale = tmp_path / "events" / "prices.updated" / "next.json"
    stale.write_text("{}", encoding="utf-8")
    code, said, _ = cartsnitch("contracts", "export", "--check", "--to", tmp_path)

    assert code == 1
    assert "events/prices.updated/next.json does not say" in said
    assert "cartsnitch contracts export" in said
    assert stale.read_text() == "{}"


def test_the_committed_documents_are_exported(cartsnitch):
    """Without a folder the package's own documents are meant."""
    assert cartsnitch("contracts", "export", "--check")[0] == 0


def test_export_where_nothing_can_be_written_is_explained(cartsnitch, tmp_path):
    """The remedy is another folder."""
    (tmp_path / "file").write_text("")

    code, _, complaint = cartsnitch("contracts", "export", "--to", tmp_path / "file")

    assert code == 2
    assert "cannot be written" in complaint
    assert "--to FOLDER" in complaint


def test_events_that_fit_pass(cartsnitch, events):
    """Exit 0, and how many there were."""
    code, said, _ = cartsnitch("contracts", "validate", events, events)

    assert code == 0
    assert said == "60 events: 60 fit, 0 do not.\n"


def test_an_event_that_does_not_fit_is_named_with_its_line(cartsnitch, events):
    """File, line, place, rule and reason; exit 1."""
    wrong = json.loads(json.dumps(RECEIPTS.accepted["typical"]))
    wrong["payload"]["total"] = 41.17
    events.write_text(events.read_text() + json.dumps(wrong) + "\nno event\n", encoding="utf-8")

    code, said, _ = cartsnitch("contracts", "validate", events)

    assert code == 1
    assert f"{events}:32  payload.total  type  41.17 is not" in said
    assert f"{events}:33  event  json  this is not JSON" in said
    assert said.endswith("32 events: 30 fit, 2 do not.\n")


def test_a_reader_is_asked_on_demand(cartsnitch, events):
    """What nobody may send can still be accepted."""
    lines = [json.dumps(variant.event) for document in documents() for variant in document.tolerated]
    events.write_text("\n".join(lines), encoding="utf-8")

    assert cartsnitch("contracts", "validate", events)[0] == 1
    assert cartsnitch("contracts", "validate", "--side", "reader", events)[0] == 0


def test_events_are_read_from_stdin(cartsnitch, monkeypatch):
    """As `-`, in a pipe."""
    text = json.dumps(RECEIPTS.accepted["unicode"], ensure_ascii=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    code, said, _ = cartsnitch("contracts", "validate", "-")

    assert code == 0
    assert said == "1 event: 1 fit, 0 do not.\n"


def test_many_problems_are_counted_not_printed(cartsnitch, events):
    """A broken writer does not flood the terminal."""
    events.write_text("{}\n" * 250, encoding="utf-8")

    code, said, _ = cartsnitch("contracts", "validate", events)

    assert code == 1
    assert "... and 150 more problems" in said
    assert len(said.splitlines()) == 102


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("validate", "none.jsonl"), "none.jsonl cannot be read"),
        (("validate", "empty.jsonl"), "There is no event in empty.jsonl"),
        (("validate", "--version", "9.9.9", "event.jsonl"), "There are: "),
        (("diff", "none.json", "none.json"), "none.json cannot be read"),
        (("diff", "event.jsonl", "event.jsonl"), "is nothing that can be compared"),
        (("diff", "prices.json", "receipts.json"), "different channels"),
        (("diff", "prices.json"), "NEW.json"),
    ],
)
def test_a_question_that_cannot_be_answered_exits_2(cartsnitch, tmp_path, monkeypatch, arguments, complaint):
    """With the reason on stderr, and no traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "event.jsonl").write_text(json.dumps(RECEIPTS.accepted["typical"]))
    (tmp_path / "prices.json").write_text(load_document("prices.updated").dumps(), encoding="utf-8")
    (tmp_path / "receipts.json").write_text(RECEIPTS.dumps(), encoding="utf-8")

    code, _, said = cartsnitch("contracts", *arguments)

    assert code == 2
    assert complaint in said
    assert "Traceback" not in said


def test_diff_tells_a_break_from_a_change_that_is_none(cartsnitch, tmp_path):
    """Exit 1 with the report, exit 0 without a finding."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(RECEIPTS.dumps(), encoding="utf-8")
    new.write_text(rename_field(RECEIPTS, "payload.total", "grand_total").dumps(), encoding="utf-8")

    broken, report, _ = cartsnitch("contracts", "diff", old, new)
    same, nothing, _ = cartsnitch("contracts", "diff", old, old)

    assert broken == 1
    assert "BREAKS  receipts.ingested  payload.total -> payload.grand_total" in report
    assert report.splitlines()[-1].split() == ["1", "break,", "0", "unproven.", "exit", "1"]
    assert "\x1b" not in report
    assert same == 0
    assert "Nothing changed" in nothing


def test_without_the_testing_extra_each_command_says_what_it_needs():
    """Whatever its arguments are; --help lists them all the same."""

    def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
        script = "import sys; sys.modules['jsonschema_rs'] = None; from cartsnitch_cli.main import run; run()"
        command = [sys.executable, "-c", script, "contracts", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done, helped = bare("diff", "--unknown", "old.json", "new.json"), bare("--help")

    assert done.returncode == 2
    assert "needs jsonschema_rs" in done.stderr
    assert "cartsnitch-common[testing]" in done.stderr
    assert helped.returncode == 0
    assert "validate" in helped.stdout
