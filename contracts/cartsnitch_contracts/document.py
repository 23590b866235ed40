"""One channel's contract at one version: what is sent, what is accepted, who is at its two ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.stable import dumps, stable
from cartsnitch_contracts.text import parse
from cartsnitch_contracts.validation import Schema, Side, Validator, validator

PREFIX = "cartsnitch."
_AS_EXPORTED = "Give a file as 'cartsnitch contracts export' writes it."
type Event = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """An accepted example with a change, and why it is tolerated or refused."""

    reason: str
    event: Event


@dataclass(frozen=True, eq=False)
class Document:
    """A channel's contract. Treat it as immutable: copies are shared and their validators are cached.

    Attributes:
        channel: the Redis channel, `cartsnitch.receipts.ingested`.
        version: the package version that froze it, or `next`.
        publishers: names on the wire of the services that send.
        subscribers: names on the wire of the services that receive.
        writer: JSON Schema 2020-12 of what may be sent; closed.
        reader: JSON Schema 2020-12 of what is accepted; open where the class is.
        examples: `accepted` by name; `tolerated` (no writer sends it, every reader takes it) and `rejected`,
            each as changes to an accepted one.
    """

    channel: str
    version: str
    publishers: tuple[str, ...]
    subscribers: tuple[str, ...]
    writer: Schema
    reader: Schema
    examples: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The channel as it is called in reports and folders: `receipts.ingested`."""
        return self.channel.removeprefix(PREFIX)

    @property
    def accepted(self) -> dict[str, Event]:
        """Events that a writer may send, by name."""
        return dict(self.examples.get("accepted", {}))

    @property
    def tolerated(self) -> tuple[Variant, ...]:
        """Events that no writer may send and that a reader takes all the same."""
        return tuple(variant(self.accepted, raw) for raw in self.examples.get("tolerated", ()))

    @property
    def rejected(self) -> tuple[Variant, ...]:
        """Events that neither side of the contract allows."""
        return tuple(variant(self.accepted, raw) for raw in self.examples.get("rejected", ()))

    def validator(self, side: Side) -> Validator:
        """The compiled schema of one side."""
        return self._writer_validator if side == "writer" else self._reader_validator

    @cached_property
    def _writer_validator(self) -> Validator:
        return validator(self.writer, source=f"{self.name} {self.version}: writer")

    @cached_property
    def _reader_validator(self) -> Validator:
        return validator(self.reader, source=f"{self.name} {self.version}: reader")

    def dumps(self) -> str:
        """The text of the document's file: the same for the same contract, on every machine."""
        parts = {
            "channel": self.channel,
            "version": self.version,
            "publishers": list(self.publishers),
            "subscribers": list(self.subscribers),
            "writer": stable(self.writer),
            "reader": stable(self.reader),
            "examples": self.examples,
        }
        return dumps(parts)


def variant(accepted: Mapping[str, Any], raw: Mapping[str, Any]) -> Variant:
    """An example written as changes: `from` an accepted one, what to `set` and to `drop`, the `reason`.

    Raises:
        ValueError: the accepted one has not what is dropped, or nothing around what is set.
    """
    event = accepted[raw["from"]]
    place = ""
    try:
        for place, value in raw.get("set", {}).items():
            event = places.put(event, places.parse(place), value)
        for place in raw.get("drop", ()):
            event = places.drop(event, places.parse(place))
    except LookupError:
        reason = raw["reason"]
        raise ValueError(f"the example {reason!r} changes {place}, which {raw['from']!r} has not") from None
    return Variant(raw["reason"], event)


def loads(text: str | bytes, *, source: str) -> Document:
    """Read a document's file; `source` names it in errors.

    Raises:
        DocumentError: it is not JSON, not a document, or one of its schemas is none.
    """
    raw = parse(text, source=source, remedy=_AS_EXPORTED)
    try:
        document = Document(
            channel=_text(raw["channel"]),
            version=_text(raw["version"]),
            publishers=tuple(map(_text, raw["publishers"])),
            subscribers=tuple(map(_text, raw["subscribers"])),
            writer=raw["writer"],
            reader=raw["reader"],
            examples=raw["examples"],
        )
        for side in ("writer", "reader"):
            validator(raw[side], source=f"{source}: {side}")
        for example in (*document.tolerated, *document.rejected):
            _text(example.reason)
    except DocumentError:
        raise
    except KeyError as error:
        raise DocumentError(f"{source} is no event document: {error} is missing. {_AS_EXPORTED}") from None
    except (TypeError, ValueError, AttributeError, LookupError, RecursionError) as error:
        raise DocumentError(f"{source} is no event document: {error}. {_AS_EXPORTED}") from None
    return document


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value
