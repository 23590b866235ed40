"""The channels of any AsyncAPI 3 document in JSON, as contracts that can be compared."""

from collections.abc import Iterator
from typing import Any

from cartsnitch_contracts.asyncapi.words import READER, SERVICE
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.references import Extraction, Root
from cartsnitch_contracts.text import parse
from cartsnitch_contracts.validation import Schema, validator

_OLD = ("application/vnd.aai.asyncapi", "application/schema+json;version=draft-0")
_NEW = ("application/schema+json;version=draft-20", "application/schema+json;version=20")


def loads(text: str | bytes, *, source: str) -> dict[str, Document]:
    """Each channel's contract by its address; `source` names the file in errors.

    The writer's schema is the payload, as it is written; of several messages, any. The reader's is what
    stands beside it as `x-cartsnitch-reader`, else the same. Headers are not read.

    Raises:
        DocumentError: it is not an AsyncAPI 3 document in JSON, refers to what it does not hold, or describes
            a payload by anything but JSON Schema.
    """
    raw = parse(text, source=source, remedy="Convert it to JSON first.")
    try:
        version = raw["asyncapi"]
    except (LookupError, TypeError):
        raise DocumentError(f"{source} is no AsyncAPI document: it has no 'asyncapi' at its root.") from None
    if not str(version).startswith("3."):
        raise DocumentError(f"{source} is AsyncAPI {version}; only 3.x can be read. Convert it first.")
    try:
        return {document.channel: document for document in _documents(Root(raw, source))}
    except RecursionError:
        raise DocumentError(
            f"{source} is nested too deeply. Give its schemas names under components."
        ) from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(
            f"{source} is no valid AsyncAPI document: {type(error).__name__} {error}. "
            "Check it against the AsyncAPI 3 schema."
        ) from None


def _documents(root: Root) -> Iterator[Document]:
    version = str(root.raw["info"]["version"])
    for key, value in root.raw.get("channels", {}).items():
        channel = root.resolved(value)
        address = channel.get("address") or key
        messages = [root.resolved(message) for message in channel.get("messages", {}).values()]
        if not messages:
            continue
        writers = [message.get("payload", {}) for message in messages]
        readers = [message.get(READER, payload) for message, payload in zip(messages, writers, strict=True)]
        place = f"{root.source}: {address}"
        writer = _schema(root, writers, place)
        valid = validator(writer, source=f"{place}: writer").is_valid
        reader = _schema(root, readers, place)
        validator(reader, source=f"{place}: reader")
        examples = [example for message in messages for example in message.get("examples", ())]
        yield Document(
            channel=address,
            version=version,
            publishers=_services(root, channel, "send"),
            subscribers=_services(root, channel, "receive"),
            writer=writer,
            reader=reader,
            examples={
                "accepted": {
                    example.get("name", f"example {number}"): example["payload"]
                    for number, example in enumerate(examples, 1)
                    if "payload" in example and valid(example["payload"])
                }
            },
        )


def _services(root: Root, channel: Any, action: str) -> tuple[str, ...]:
    """Who does so; an operation that does not say is of the application that the document is about."""
    found = [
        operation.get(SERVICE, root.raw["info"]["title"])
        for operation in map(root.resolved, root.raw.get("operations", {}).values())
        if operation["action"] == action and root.resolved(operation["channel"]) is channel
    ]
    return tuple(dict.fromkeys(found))


def _schema(root: Root, payloads: list[Any], place: str) -> Schema:
    extraction = Extraction(root)
    found = []
    for payload in payloads:
        schema, written = root.resolved(payload), _OLD[0]
        if isinstance(schema, dict) and "schema" in schema:
            schema, written = schema["schema"], schema.get("schemaFormat", written)
        if not written.startswith(_OLD + _NEW):
            raise DocumentError(f"{place} is described by {written}; only JSON Schema can be compared.")
        found.append(extraction.schema(schema, old=written.startswith(_OLD)))
    return extraction.closed(found[0] if len(found) == 1 else {"anyOf": found})
