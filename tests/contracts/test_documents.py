"""The frozen event documents: what they say, and that they say what the schemas say."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import ValidationError

from cartsnitch_common.constants import EventType
from cartsnitch_common.schemas.events import ENVELOPES
from cartsnitch_contracts import DocumentError, check_event, documents, load_document, read_document
from cartsnitch_contracts.document import Document, loads
from cartsnitch_contracts.drafts import drafts, outdated, write
from cartsnitch_contracts.files import Folder, package_files
from cartsnitch_contracts.library import channels, versions
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.topology import ROUTES, SERVICES

ALL = documents()


@pytest.fixture(params=ALL, ids=[document.name for document in ALL])
def document(request: pytest.FixtureRequest) -> Document:
    """Each channel's next document."""
    return request.param


def decodes(document: Document, event: object) -> bool:
    """Whether the channel's envelope class takes the event."""
    try:
        ENVELOPES[EventType(document.channel)].model_validate_json(json.dumps(event))
    except ValidationError:
        return False
    return True


def test_every_channel_has_a_document():
    """Six channels, six documents, and nothing else in the folder."""
    assert set(channels()) == {str(event_type) for event_type in EventType}
    assert {document.channel for document in ALL} == set(channels())


def test_next_json_says_what_the_schemas_say():
    """A change of a schema or an example is exported in the same commit."""
    stale = outdated(package_files())

    assert not stale, f"{stale}: run 'cartsnitch contracts export' and commit what it writes"


def test_the_schemas_keep_the_metaschema(document):
    """Both sides are JSON Schema 2020-12 and say so."""
    for schema in (document.writer, document.reader):
        jsonschema_rs.meta.validate(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_writer_is_closed_and_a_reader_open(document):
    """A writer sends what is declared; a reader ignores what it does not know, at any depth."""
    written = [document.writer, *document.writer["$defs"].values()]
    read = [document.reader, *document.reader["$defs"].values()]

    assert all(schema["additionalProperties"] is False for schema in written)
    assert all("additionalProperties" not in schema for schema in read)
    assert [schema["title"] for schema in written] == [schema["title"] for schema in read]


def test_the_envelope_has_four_keys(document):
    """They are all required, and the event type is the channel."""
    assert set(document.writer["required"]) == {"event_type", "timestamp", "service", "payload"}
    assert set(document.writer["properties"]) == {"event_type", "timestamp", "service", "payload"}
    assert document.writer["properties"]["event_type"]["const"] == document.channel


def test_the_document_names_its_services(document):
    """Who is at the channel's two ends stands in the document itself."""
    route = ROUTES[EventType(document.channel)]

    assert document.publishers == route.publishers
    assert document.subscribers == route.subscribers
    assert set(document.publishers) | set(document.subscribers) <= set(SERVICES)
    assert document.subscribers
    assert not set(document.publishers) & set(document.subscribers)


def test_accepted_examples_fit_everywhere(document):
    """Both schemas and the class take each of them, and sending it back changes nothing."""
    envelope = ENVELOPES[EventType(document.channel)]

    assert {"typical", "minimal", "maximal", "boundary"} <= set(document.accepted)
    assert len(document.accepted) >= 5
    for name, event in document.accepted.items():
        assert check_event(event, document, side="writer") == [], name
        assert check_event(event, document, side="reader") == [], name
        sent = envelope.model_validate_json(json.dumps(event)).model_dump_json()
        assert json.loads(sent) == event, name


def test_tolerated_examples_are_read_and_never_sent(document):
    """A reader takes them, by schema and by class; the writer's schema does not."""
    assert document.tolerated
    for variant in document.tolerated:
        assert check_event(variant.event, document, side="writer"), variant.reason
        assert check_event(variant.event, document, side="reader") == [], variant.reason
        assert decodes(document, variant.event), variant.reason


def test_rejected_examples_are_refused_everywhere(document):
    """Neither side's schema takes them, nor does the class; each says why."""
    reasons = [variant.reason for variant in document.rejected]

    assert len(reasons) >= 10
    assert all(reasons)
    for variant in document.rejected:
        assert check_event(variant.event, document, side="writer"), variant.reason
        assert check_event(variant.event, document, side="reader"), variant.reason
        assert not decodes(document, variant.event), variant.reason


def test_a_rejected_example_is_wrong_in_one_place_only(document):
    """So its reason is what is tested, and not a second mistake."""
    for variant in document.rejected:
        places = {problem.place for problem in check_event(variant.event, document, side="reader")}

        assert len(places) == 1, (variant.reason, places)


def test_examples_hold_text_of_all_scripts():
    """Each channel has an example beyond ASCII where a reader takes free text."""
    for document in ALL:
        events = [*document.accepted.values(), *(variant.event for variant in document.tolerated)]

        assert any(not json.dumps(event, ensure_ascii=False).isascii() for event in events), document.name


def test_the_text_does_not_depend_on_the_order_of_declaration(document):
    """Moving a field in its class makes no diff in review."""
    turned = Document(**{**vars_of(document), "writer": backwards(document.writer)})

    assert turned.dumps() == document.dumps()
    assert document.dumps().endswith("}\n")
    assert not any(ord(letter) in range(0x202A, 0x202F) for letter in document.dumps())


def vars_of(document: Document) -> dict:
    """What the document was made of."""
    return {name: getattr(document, name) for name in Document.__dataclass_fields__}


def backwards(schema: object) -> object:
    """The same schema, every object's keys turned round."""
    if isinstance(schema, dict):
        return {key: backwards(schema[key]) for key in reversed(schema)}
    return schema


def test_a_document_survives_its_own_text(document, tmp_path):
    """Written and read again, it is the same, and so are its examples."""
    file = tmp_path / "copy.json"
    file.write_text(document.dumps(), encoding="utf-8")

    copy = read_document(file)

    assert copy.dumps() == document.dumps()
    assert copy.rejected == document.rejected


def test_export_writes_only_what_is_new(tmp_path):
    """A second run leaves every file alone; an edited one is written again."""
    first = write(tmp_path)
    second = write(tmp_path)
    (tmp_path / "events" / "prices.updated" / "next.json").write_text("{}")
    stale = outdated(Folder(tmp_path))
    third = write(tmp_path)

    assert {
        file.relative_to(tmp_path).as_posix(): file.read_text(encoding="utf-8") for file in first
    } == drafts()
    assert second == []
    assert stale == ["events/prices.updated/next.json"]
    assert third == [tmp_path / "events" / "prices.updated" / "next.json"]


def test_a_channel_that_is_gone_leaves_no_next_json(tmp_path):
    """What a release froze of it stays, and so does what is no document."""
    write(tmp_path)
    folder = tmp_path / "events" / "old.news"
    folder.mkdir()
    for name in ("next.json", "0.1.0.json", "examples.json"):
        (folder / name).write_text("{}")

    stale, written = outdated(Folder(tmp_path)), write(tmp_path)

    assert stale == ["events/old.news/next.json"]
    assert written == [folder / "next.json"]
    assert sorted(file.name for file in folder.iterdir()) == ["0.1.0.json", "examples.json"]


def test_a_channel_goes_by_its_full_or_its_short_name():
    """Both give the same object, whose validators are compiled once."""
    short, full = load_document("prices.updated"), load_document(EventType.PRICES_UPDATED)

    assert short is full
    assert short.validator("writer") is full.validator("writer")
    assert versions("prices.updated")[-1] == "next"


@pytest.mark.parametrize(
    ("channel", "version", "message"),
    [
        ("prices.update", "next", r"no channel 'cartsnitch.prices.update'.*prices\.updated"),
        ("../events/prices.updated", "next", "no channel"),
        ("prices.updated", "9.9.9", r"no document of version '9\.9\.9'\. There are: .*next"),
        ("prices.updated", "examples", "no document of version 'examples'"),
    ],
)
def test_an_unknown_document_is_explained(channel, version, message):
    """The error lists the channels, or the versions, that there are."""
    with pytest.raises(DocumentError, match=message):
        load_document(channel, version)


def _without(key: str) -> str:
    raw = json.loads(load_document("coupons.updated").dumps())
    del raw[key]
    return json.dumps(raw)


def _with(key: str, value: object) -> str:
    return json.dumps(json.loads(load_document("coupons.updated").dumps()) | {key: value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no event document"),
        ("{}", "'channel' is missing"),
        (_without("reader"), "'reader' is missing"),
        (_with("channel", 7), "7 is not text"),
        (_with("writer", {"type": "strin"}), "writer is not a JSON Schema 2020-12"),
        (
            _with("writer", {"$ref": "#/$defs/Nowhere"}),
            "writer is not a JSON Schema 2020-12 that stands alone",
        ),
        (_with("reader", {"$ref": "http://localhost:1/x.json"}), "never fetched"),
        (_with("reader", 5), "is no event document|not a JSON Schema"),
        (_with("examples", {"rejected": [{"reason": "?", "from": "nobody"}]}), "is no event document"),
        (
            _with(
                "examples",
                {"accepted": {"one": {}}, "rejected": [{"reason": "?", "from": "one", "drop": ["x"]}]},
            ),
            "the example '\\?' changes x, which 'one' has not",
        ),
        (_with("examples", []), "is no event document"),
    ],
)
def test_a_file_that_is_no_document_is_explained(text, message, tmp_path):
    """The error names the file, the reason and where to get a good one."""
    file = tmp_path / "broken.json"
    file.write_text(text)

    with pytest.raises(DocumentError, match=message) as caught:
        read_document(file)

    assert "broken.json" in str(caught.value)


def test_a_file_that_is_not_there_is_explained(tmp_path):
    """An error of the library, not of the operating system."""
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read_document(tmp_path / "none.json")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    """Whatever it holds, and wherever it lies."""
    file = tmp_path / "events" / "prices.updated" / "next.json"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        stream.truncate(50_000_000)

    for read in (
        lambda: read_document(file),
        lambda: Snapshot("a", Folder(tmp_path)).events["prices.updated"],
    ):
        with pytest.raises(
            DocumentError, match=r"next\.json is larger than 16 MiB, more than any contract\. Name a"
        ):
            read()


def test_json_has_no_number_that_is_none():
    """NaN and infinity, which Python writes and reads, are refused in a document too."""
    with pytest.raises(DocumentError, match="broken is not JSON: NaN is no JSON value"):
        loads(_with("examples", float("nan")), source="broken")


def test_the_comparer_loads_no_model_and_no_schema_class():
    """It works on plain JSON Schema, so it can judge documents of any age."""
    code = (
        "import sys, cartsnitch_contracts, cartsnitch_contracts.diff.events;"
        "print([name for name in sys.modules if name.startswith(('cartsnitch_common.models',"
        " 'cartsnitch_common.schemas', 'pydantic', 'sqlalchemy'))])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_only_contracts_knows_the_validator_library():
    """`jsonschema_rs` is an import of this package alone."""
    roots = Path(__file__).parents[2]
    sources = [
        file
        for root in ("src", "alembic", "fixtures", "conftest_plugin", "cli")
        for file in (roots / root).rglob("*.py")
    ]

    assert sources
    assert [file.name for file in sources if "import jsonschema_rs" in file.read_text(encoding="utf-8")] == []
