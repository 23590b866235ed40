"""`contracts why` and `contracts matrix`: one event's story, and everybody's at a glance."""

import json

import pytest
from typer.testing import CliRunner

from cartsnitch_cli.contracts import app
from cartsnitch_contracts import DocumentError, documents, load_document
from cartsnitch_contracts.diff.consumers import Consumer, Decoder, Read
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.origin import trace
from cartsnitch_contracts.overview import overview

RECEIPTS = load_document("receipts.ingested")


@pytest.fixture
def ask(tmp_path):
    """Ask why an event is as it is; gives the exit code and the answer."""

    def call(event: object) -> tuple[int, str]:
        file = tmp_path / "event.json"
        file.write_text(json.dumps(event), encoding="utf-8")
        result = CliRunner().invoke(app, ["why", str(file)], catch_exceptions=False)
        return result.exit_code, result.output

    return call


def changed(**payload: object) -> dict[str, object]:
    """A typical receipt with another payload; None drops a field."""
    event = json.loads(json.dumps(RECEIPTS.accepted["typical"]))
    event["payload"] = {
        name: value for name, value in {**event["payload"], **payload}.items() if value is not None
    }
    return event


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_nothing_is_wrong_with_what_may_be_sent(ask, document):
    """Every subscriber takes it."""
    code, said = ask(document.accepted["maximal"])

    assert code == 0
    assert "nothing is wrong with it" in said
    assert said.count("takes it") == len(document.subscribers)


def test_a_renamed_field_is_found(ask):
    """The first wrong field, who chokes on it, and whose contract it fits best."""
    code, said = ask(changed(total=None, grand_total="41.17"))

    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert code == 1
    assert lines[0] == "cartsnitch.receipts.ingested from ReceiptWitness"
    assert lines[1] == "VERSION MAY BE SENT ACCEPTED"
    assert lines[-5] == "first wrong payload.total required is missing"
    assert lines[-4].startswith("written by ReceiptWitness at next, against its contract in 2 places")
    assert {line.split()[0] for line in lines[-3:]} == {"StickerShock", "ShrinkRay", "API"}
    assert all(line.split(") ")[-1] == "chokes: payload.total is missing" for line in lines[-3:])


def test_what_readers_tolerate_is_still_wrong(ask):
    """Nobody chokes on a field more, and its writer should not have sent it."""
    code, said = ask(changed(extra=1))

    assert code == 0
    assert "first wrong  payload.extra" in said
    assert said.count("takes it") == 3


def test_a_stranger_is_named(ask):
    """The event says that it is from a service that does not publish there."""
    _, said = ask({**changed(), "service": "clipartist"})

    assert said.startswith("cartsnitch.receipts.ingested from ClipArtist, which does not publish there\n")


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ({"event_type": "receipts"}, "event_type is 'receipts', which"),
        ({"event_type": ["x"]}, "event_type is ['x'], which"),
        ({}, "event_type is None, which"),
        ([], "JSON is no object, which"),
        (7, "JSON is no object, which"),
        (None, "JSON is no object, which"),
    ],
)
def test_what_is_no_event_is_refused(ask, event, complaint):
    """With what it is, and the channels that there are."""
    with pytest.raises(DocumentError, match=r"There are: cartsnitch\.alerts") as told:
        ask(event)

    assert complaint in str(told.value)


def test_a_service_is_asked_with_its_own_model():
    """It takes what the shared class refuses, when its model does not name the field."""
    model = {"type": "object", "properties": {"payload": {"type": "object", "required": ["item_count"]}}}
    services = {
        "api": Consumer("api", consumes={"receipts.ingested": Decoder(model)}),
        "shrinkray": Consumer("shrinkray", consumes={"receipts.ingested": Decoder()}),
        "clipartist": Consumer("clipartist", consumes={}),
    }

    origin = trace(changed(total=None), services)

    taken = {each.consumer.service: each.problem is None for each in origin.receptions}
    assert taken == {"api": True, "shrinkray": False}
    assert not origin.is_taken


def test_the_matrix_names_who_writes_and_who_reads():
    """A row for each channel and endpoint, a column for each service with its versions."""
    result = CliRunner().invoke(app, ["matrix"], catch_exceptions=False)

    lines = result.output.splitlines()
    assert lines[0].split() == ["ReceiptWitness", "StickerShock", "ShrinkRay", "ClipArtist", "API"]
    (prices,) = [line for line in lines if line.startswith("prices.updated ")]
    assert prices.split()[1:3] == ["writes", "reads"]
    (sync,) = [line for line in lines if line.startswith("ReceiptWitness POST /sync/{store_slug}")]
    assert sync.split()[3:] == ["serves", "-", "-", "-", "calls"]


def test_the_matrix_for_machines_says_the_same():
    """As JSON with the fields, as Markdown with a row each."""
    plain = json.loads(CliRunner().invoke(app, ["matrix", "--format", "json"]).output)
    markdown = CliRunner().invoke(app, ["matrix", "--format", "markdown"]).output.splitlines()

    subjects = {each["subject"]: each["uses"] for each in plain["subjects"]}
    api = subjects["coupons.updated"]["api"]
    assert (api["writes"], api["reads"], api["own_model"]) == (False, True, False)
    assert "payload.store_slug" in [each["field"] for each in api["fields"]]
    assert "shrinkray" not in subjects["coupons.updated"]
    rows = [line for line in markdown if line.startswith("|")]
    assert rows[1] == "| --- | --- | --- | --- | --- | --- |"
    assert all(line.count("|") == 7 for line in rows)
    assert len(rows) == len(subjects) + 2
    assert any(line.startswith("- API reads of coupons.updated: ") for line in markdown)


def test_the_matrix_knows_models_and_fields():
    """What a service states of itself counts before what the documents list."""
    reads = (Read("payload.total", "handlers.py:58"),)
    services = {
        "api": Consumer("api", publishes=frozenset(), consumes={"receipts.ingested": Decoder({}, reads)})
    }

    lines = {line.subject: line for line in overview(snapshot(), services)}

    receipts = lines["receipts.ingested"]
    assert receipts.fields == 7
    assert receipts.uses["api"].own
    assert receipts.uses["api"].fields == (("payload.total", "handlers.py:58"),)
    assert not lines["coupons.updated"].uses["api"].reads
