"""The AsyncAPI document: valid by the official schema, and as the channels' own documents say."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from cartsnitch_common.constants import EventType
from cartsnitch_contracts import DocumentError, asyncapi, documents
from cartsnitch_contracts.asyncapi.words import FORMAT, READER
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.validation import validator

STANDARD = json.loads(
    (Path(__file__).parent / "standards" / "asyncapi-3.0.0.json").read_text(encoding="utf-8")
)
NEXT = snapshot().asyncapi
MESSAGES = NEXT["components"]["messages"]


def no_network(uri: str) -> None:
    """Whatever is not in the standard itself."""
    raise ValueError(uri)


def test_it_keeps_the_official_schema_of_asyncapi_3():
    """And the schema would say so if it did not."""
    official = jsonschema_rs.validator_for(STANDARD, retriever=no_network)
    broken = json.loads(json.dumps(NEXT))
    broken["operations"]["api.receive.coupons.updated"]["action"] = "subscribe"

    assert [error.message for error in official.iter_errors(NEXT)] == []
    assert not official.is_valid(broken)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("part", ["payload", READER])
def test_each_schema_is_2020_12_and_stands_alone(name, part):
    """AsyncAPI does not look into a schema of another format, so its own metaschema does."""
    written = MESSAGES[name][part]

    assert written["schemaFormat"] == FORMAT
    jsonschema_rs.meta.validate(written["schema"])
    assert written["schema"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert '"$ref"' not in json.dumps(written)


def test_every_reference_leads_somewhere():
    """A tool that resolves them finds a channel, a server or a message."""
    references = [value for value in find(NEXT, "$ref") if isinstance(value, str)]

    assert len(references) > 40
    for reference in references:
        node = NEXT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def find(node, key):
    """Every value under a key, at any depth."""
    for name, value in (
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    ):
        if name == key:
            yield value
        yield from find(value, key)


def test_each_channel_has_its_address_and_its_two_ends():
    """An operation for each service that publishes or subscribes, and none besides."""
    ends = {
        (
            operation["x-cartsnitch-service"],
            operation["action"],
            operation["channel"]["$ref"].rpartition("/")[2],
        )
        for operation in NEXT["operations"].values()
    }
    agreed = {
        "receipts.ingested": ("receiptwitness", ("stickershock", "shrinkray", "api")),
        "prices.updated": ("receiptwitness", ("stickershock", "clipartist")),
        "products.normalized": ("receiptwitness", ("shrinkray", "stickershock")),
        "coupons.updated": ("clipartist", ("api",)),
        "alerts.price_increase": ("stickershock", ("api", "clipartist")),
        "alerts.shrinkflation": ("shrinkray", ("api",)),
    }
    expected = {(sender, "send", name) for name, (sender, _) in agreed.items()}
    expected |= {(each, "receive", name) for name, (_, receivers) in agreed.items() for each in receivers}

    assert {channel["address"] for channel in NEXT["channels"].values()} == {
        str(event_type) for event_type in EventType
    }
    assert ends == expected
    assert len(NEXT["operations"]) == len(expected) == 17


def test_the_envelope_takes_the_events_of_all_channels():
    """The part that they have in common, with any payload."""
    envelope = validator(NEXT["components"]["schemas"]["envelope"]["schema"])

    for document in documents():
        for name, event in document.accepted.items():
            assert envelope.is_valid(event), (document.name, name)
            assert not envelope.is_valid({**event, "trace_id": "x"})


def test_it_says_what_the_documents_of_the_channels_say():
    """Read again, each channel has the same ends, the same examples and the same two schemas."""
    read = asyncapi.loads(json.dumps(NEXT), source="next.json")

    assert set(read) == {document.channel for document in documents()}
    for document in documents():
        found = read[document.channel]
        assert (found.publishers, found.subscribers) == (document.publishers, document.subscribers)
        assert found.accepted == document.accepted
        for one, other in ((found.writer, document.writer), (found.reader, document.reader)):
            assert decide(one, other).verdict is decide(other, one).verdict is Verdict.COMPATIBLE


def foreign(payload: object, **rest: object) -> str:
    """A small document of somebody else, with one channel."""
    return json.dumps(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Lamps", "version": "2"},
            "channels": {"lamp": {"address": "lamps/on", "messages": {"on": {"payload": payload}}}},
            "operations": {"turn": {"action": "send", "channel": {"$ref": "#/channels/lamp"}}},
            **rest,
        }
    )


def test_a_document_of_somebody_else_is_read():
    """References into its components become the schema's own, also those that lead round."""
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/tree"}}},
    }
    text = foreign({"$ref": "#/components/schemas/tree"}, components={"schemas": {"tree": tree}})

    lamp = asyncapi.loads(text, source="lamps.json")["lamps/on"]

    assert (lamp.version, lamp.publishers, lamp.subscribers) == ("2", ("Lamps",), ())
    assert lamp.writer == lamp.reader
    assert lamp.validator("writer").is_valid({"kids": [{"kids": []}]})
    assert not lamp.validator("writer").is_valid({"kids": [{"kids": 1}]})


def test_several_messages_of_a_channel_are_any_of_them():
    """Each keeps the definitions that it brings along, also under a name that another has."""
    raw = json.loads(foreign(None))
    raw["channels"]["lamp"]["messages"] = {
        name: {
            "payload": {
                "schemaFormat": FORMAT,
                "schema": {"$ref": "#/$defs/X", "$defs": {"X": {"const": name}}},
            },
            "examples": [{"payload": name}, {"name": "wrong", "payload": "other"}],
        }
        for name in ("on", "off")
    }

    lamp = asyncapi.loads(json.dumps(raw), source="lamps.json")["lamps/on"]

    takes = lamp.validator("reader").is_valid
    assert (takes("on"), takes("off"), takes("other")) == (True, True, False)
    assert lamp.accepted == {"example 1": "on", "example 3": "off"}


@pytest.mark.parametrize(
    ("schema", "taken", "refused"),
    [
        ({"items": [{"type": "integer"}], "additionalItems": False}, [1], [1, 2]),
        ({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}, {"a": 1, "b": 1}, {"c": 1}),
        ({"$ref": "#/definitions/x", "type": "string", "definitions": {"x": {"type": "integer"}}}, 1, "1"),
    ],
    ids=["items", "dependencies", "siblings"],
)
def test_a_schema_of_draft_7_means_what_it_meant(schema, taken, refused):
    """The words that 2020-12 has changed are translated; AsyncAPI's own schemas are of draft 7 too."""
    for form in (
        "application/schema+json;version=draft-07",
        "application/vnd.aai.asyncapi+json;version=3.0.0",
    ):
        text = foreign({"schemaFormat": form, "schema": schema})
        takes = asyncapi.loads(text, source="lamps.json")["lamps/on"].validator("reader").is_valid

        assert (takes(taken), takes(refused)) == (True, False)


CHAIN = {str(step): {"$ref": f"#/components/schemas/{step + 1}"} for step in range(2_000)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("asyncapi: 3.0.0", r"is not JSON.*Convert it"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "no AsyncAPI document"),
        ('{"openapi": "3.1.0"}', "no AsyncAPI document"),
        ('{"asyncapi": "2.6.0"}', r"AsyncAPI 2\.6\.0; only 3\.x"),
        ('{"asyncapi": "3.0.0"}', "no valid AsyncAPI document"),
        (foreign([]), "lamps/on: writer is not a JSON Schema|no valid AsyncAPI"),
        (foreign({"type": "strin"}), "lamps/on: writer is not a JSON Schema 2020-12"),
        (foreign({"$ref": "http://localhost:1/x.json"}), "nothing is fetched"),
        (foreign({"properties": {"a": {"$ref": "other.json#/x"}}}), "nothing is fetched"),
        (foreign({"properties": {"a": {"$ref": "#/nowhere"}}}), "which it does not hold"),
        (foreign({"$ref": "#/channels/lamp/messages/on/payload"}), "leads back to itself"),
        (foreign({"schemaFormat": "application/vnd.apache.avro", "schema": {}}), "avro.*only JSON Schema"),
        (foreign({}, operations={"turn": {}}), "no valid AsyncAPI document"),
        (foreign(0).replace(": 0", ": " + '{"not": ' * 300 + "{}" + "}" * 300, 1), "[Rr]ecursion|too deeply"),
        (foreign({"not": {"$ref": "#/components/schemas/0"}}, components={"schemas": CHAIN}), "too deeply"),
    ],
)
def test_a_document_that_cannot_be_read_is_explained(text, message):
    """The error names the file and what to do, and nothing is fetched."""
    with pytest.raises(DocumentError, match=message) as caught:
        asyncapi.loads(text, source="lamps.json")

    assert "lamps.json" in str(caught.value)
