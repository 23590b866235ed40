"""One AsyncAPI 3 document of all channels, made from their contracts."""

from collections.abc import Iterable, Mapping
from typing import Any

from cartsnitch_contracts.asyncapi.words import FORMAT, READER, SERVICE
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.stable import stable
from cartsnitch_contracts.topology import SERVICES, title
from cartsnitch_contracts.validation import Schema

_WORDS = {"title", "description", "default", "examples", "deprecated"}
_ABOUT = """\
The six Redis channels over which CartSnitch services tell each other facts. A message is the JSON text of
one event: an envelope of exactly four keys, and the channel's payload in it. Redis may deliver a message
twice or not at all; each payload's description names what it is recognised again by. The payload of a
message is what a writer may send, and closed; what every reader accepts stands beside it as
`x-cartsnitch-reader`, and is open."""


def asyncapi_document(documents: Iterable[Document], envelope: Schema, *, version: str) -> dict[str, Any]:
    """The channels of `documents` as AsyncAPI 3; `envelope` is the schema of an event of any of them."""
    channels, operations, messages = {}, {}, {}
    for document in sorted(documents, key=lambda document: document.name):
        name = document.name
        writer = _inlined(document.writer)
        payload = writer["properties"]["payload"]
        here = {"$ref": f"#/channels/{name}"}
        channels[name] = {
            "address": document.channel,
            "description": payload.get("description", ""),
            "servers": [{"$ref": "#/servers/redis"}],
            "messages": {"event": {"$ref": f"#/components/messages/{name}"}},
        }
        ends = (
            ("send", "publishes to", document.publishers),
            ("receive", "subscribes to", document.subscribers),
        )
        for action, verb, services in ends:
            for service in services:
                operations[f"{service}.{action}.{name}"] = {
                    "action": action,
                    "channel": here,
                    "summary": f"{title(service)} {verb} {document.channel}.",
                    "tags": [{"name": title(service)}],
                    "messages": [{"$ref": f"#/channels/{name}/messages/event"}],
                    SERVICE: service,
                }
        messages[name] = {
            "name": document.channel,
            "title": payload.get("title", name),
            "contentType": "application/json",
            "payload": {"schemaFormat": FORMAT, "schema": stable(writer)},
            READER: {"schemaFormat": FORMAT, "schema": stable(_inlined(document.reader))},
            "examples": [{"name": example, "payload": event} for example, event in document.accepted.items()],
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "CartSnitch events",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "MIT"},
            "tags": [{"name": name} for name in SERVICES.values()],
        },
        "defaultContentType": "application/json",
        "servers": {
            "redis": {
                "host": "{address}",
                "protocol": "redis",
                "description": "Where CARTSNITCH_REDIS_URL points; pub/sub, not streams.",
                "variables": {
                    "address": {"default": "localhost:6379", "description": "Host and port of the server."}
                },
            }
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": {
                "envelope": {"schemaFormat": FORMAT, "schema": stable(_inlined(envelope))},
            },
            "messages": messages,
        },
    }


def _inlined(schema: Schema) -> Schema:
    """The schema without its own references: a tool would look for them at the root of the whole document."""
    definitions = schema.get("$defs", {})
    return {key: _resolved(value, definitions, ()) for key, value in schema.items() if key != "$defs"}


def _resolved(node: Any, definitions: Mapping[str, Any], open_names: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolved(item, definitions, open_names) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: _resolved(value, definitions, open_names) for key, value in node.items()}
    name = reference.removeprefix("#/$defs/")
    if name in open_names:
        raise DocumentError(
            f"{name} holds itself, so that it cannot stand in AsyncAPI without a reference. "
            "Give the payload a shape of its own at each depth."
        )
    beside = {key: value for key, value in node.items() if key != "$ref"}
    target = _resolved(definitions[name], definitions, (*open_names, name))
    if beside.keys() <= _WORDS:
        return {**target, **beside}
    return {"allOf": [target], **_resolved(beside, definitions, open_names)}
