"""What each service states of itself: its pin, what it publishes, reads and calls, and its tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.text import parse
from cartsnitch_contracts.topology import SERVICES
from cartsnitch_contracts.validation import Schema, validator

_AS_DESCRIBED = "Give a file as 'cartsnitch_contracts.diff.describe' writes it."
_KEYS = {"service", "version", "pins", "recorded", "publishes", "consumes", "calls", "tables"}


@dataclass(frozen=True)
class Read:
    """A field that a service reads, `payload.total`, and where in its code: `handlers.py:58`."""

    field: str
    at: str | None = None


@dataclass(frozen=True, eq=False)
class Decoder:
    """What a service reads messages with.

    Attributes:
        schema: of the service's own model, as JSON Schema of the whole message; None for the shared class at
            the version that the service pins.
        reads: the fields that it uses; None where nobody knows, so all of them.
        seen: of a recording that did not run all of the code, the fields that it met; `reads` is None then.
        uncovered: the code that no recording ran: `handlers.py:41-44`.
    """

    schema: Schema | None = None
    reads: tuple[Read, ...] | None = None
    seen: tuple[Read, ...] = ()
    uncovered: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether it is the shared class."""
        return self.schema is None

    def read(self, place: str) -> Read | None:
        """Where the field, or one around or within it, is read; None where it is not, or nobody knows."""
        path = places.parse(place)
        for each in self.reads if self.reads is not None else self.seen:
            other = places.parse(each.field)
            if path[: len(other)] == other or other[: len(path)] == path:
                return each
        return None


@dataclass(frozen=True, eq=False)
class Consumer:
    """One service. What is None is not known, and counts as everything.

    Attributes:
        service: its name on the wire.
        version: its own version.
        pins: the version of this package that it runs with.
        publishes: channels, by short name.
        consumes: its decoder for each channel.
        calls: its decoder of the responses, by service and operation: `receiptwitness`, `GET /purchases`.
        reads_tables: the tables that it selects from.
        reads_columns: the columns that its statements name, by table.
        writes_tables: the tables that it writes.
        notes: what is wrong with the statement, a sentence each.
    """

    service: str
    version: str | None = None
    pins: str | None = None
    publishes: frozenset[str] | None = None
    consumes: Mapping[str, Decoder] | None = None
    calls: Mapping[str, Mapping[str, Decoder]] | None = None
    reads_tables: frozenset[str] | None = None
    reads_columns: Mapping[str, tuple[Read, ...]] | None = None
    writes_tables: frozenset[str] | None = None
    notes: tuple[str, ...] = field(default=())

    def decoder(self, channel: str, *, subscribed: bool) -> Decoder | None:
        """What it reads a channel with; None where it does not. `subscribed` is what the document says."""
        if self.consumes is None:
            return Decoder() if subscribed else None
        return self.consumes.get(channel)

    def caller(self, service: str, operation: str, *, calling: bool) -> Decoder | None:
        """What it reads an operation's responses with; None where it does not call it."""
        if self.calls is None:
            return Decoder() if calling else None
        return self.calls.get(service, {}).get(operation)


def loads(text: str | bytes, *, source: str) -> Consumer:
    """Read a consumer document; `source` names it in errors.

    Raises:
        DocumentError: it is not JSON, or no consumer document; the message names the key.
    """
    return read(parse(text, source=source, remedy=_AS_DESCRIBED), source=source)


def read(raw: Any, *, source: str) -> Consumer:
    """The same from JSON that is parsed already."""
    try:
        return _consumer(raw, source)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, DocumentError):
            raise
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise DocumentError(f"{source} is no consumer document: {what}. {_AS_DESCRIBED}") from None


def consumers(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Consumer]:
    """Every service's statement; one that is missing or stale reads everything, with the shared classes.

    Raises:
        DocumentError: one of them is broken.
    """
    found = {name: read(documents[name], source=f"consumers/{name}.json") for name in documents}
    for name, each in found.items():
        if each.service != name:
            raise DocumentError(
                f'consumers/{name}.json is of {each.service!r}. Name the file as its "service" says.'
            )
    for name in SERVICES:
        if name not in found:
            note = f"documents/consumers/{name}.json is missing: {name} counts as reading everything"
            found[name] = Consumer(name, notes=(note,))
    return found


def _consumer(raw: Any, source: str) -> Consumer:
    if not isinstance(raw, dict):
        raise TypeError("it is no JSON object")
    if unknown := sorted(raw.keys() - _KEYS):
        raise ValueError(f"{unknown[0]!r} is no key of it; there are: {', '.join(sorted(_KEYS))}")
    service, pins, recorded = _text(raw["service"], "service"), _maybe(raw, "pins"), _maybe(raw, "recorded")
    stale = recorded is not None and recorded != pins
    consumes = {
        _text(channel, "consumes"): _decoder(each, f"consumes.{channel}", source, stale)
        for channel, each in _object(raw.get("consumes", {}), "consumes").items()
    }
    calls = {
        called: {
            operation: _decoder(each, f"calls.{called}.{operation}", source, stale)
            for operation, each in _object(operations, f"calls.{called}").items()
        }
        for called, operations in _object(raw.get("calls", {}), "calls").items()
    }
    tables = _object(raw.get("tables", {}), "tables")
    missed = _uncovered(tables, "tables")
    note = (
        f"{service} stated its reads with common {recorded} and pins {pins}: it counts as reading everything"
    )
    return Consumer(
        service=service,
        version=_maybe(raw, "version"),
        pins=pins,
        publishes=_names(raw.get("publishes", []), "publishes"),
        consumes=consumes,
        calls=calls,
        reads_tables=_names(tables["reads"], "tables.reads") if "reads" in tables and not missed else None,
        reads_columns=_columns(tables["columns"]) if "columns" in tables and not missed else None,
        writes_tables=_names(tables["writes"], "tables.writes") if "writes" in tables else None,
        notes=(note,) if stale else tuple(_lower_bounds(service, consumes, calls, missed)),
    )


def _lower_bounds(
    service: str,
    consumes: Mapping[str, Decoder],
    calls: Mapping[str, Mapping[str, Decoder]],
    of_tables: tuple[str, ...],
) -> Iterator[str]:
    """What to know of recordings that did not run all of the code."""
    named = [(name, each.uncovered) for name, each in consumes.items()]
    named += [
        (f"{called} {name}", each.uncovered) for called, some in calls.items() for name, each in some.items()
    ]
    for name, uncovered in (*named, ("tables", of_tables)):
        if uncovered:
            yield (
                f"{service} recorded a lower bound of what it reads of {name}, for no test runs all of "
                f"{', '.join(uncovered)}: it counts as reading everything"
            )


def _decoder(raw: Any, key: str, source: str, stale: bool) -> Decoder:
    body = _object(raw, key)
    kind, schema = body.get("decoder", "shared"), body.get("schema")
    if kind not in ("shared", "own") or (kind == "own") != (schema is not None):
        raise ValueError(f'{key}.decoder is "shared", or "own" with a "schema"')
    if schema is not None:
        validator(_object(schema, f"{key}.schema"), source=f"{source}: {key}.schema")
    listed = body.get("reads")
    if listed is None or stale:
        return Decoder(schema)
    if not isinstance(listed, list):
        raise TypeError(f"{key}.reads is no list")
    reads = tuple(_read(each, f"{key}.reads") for each in listed)
    uncovered = _uncovered(body, key)
    return Decoder(schema, None, reads, uncovered) if uncovered else Decoder(schema, reads)


def _uncovered(body: dict[str, Any], key: str) -> tuple[str, ...]:
    """The code that no recording ran; empty where all of it did."""
    complete, uncovered = body.get("complete", True), body.get("uncovered", [])
    if not isinstance(complete, bool) or not isinstance(uncovered, list) or complete == bool(uncovered):
        raise ValueError(f'{key}.complete is true, or false with "uncovered", the places that no test ran')
    return tuple(_text(each, f"{key}.uncovered[]") for each in uncovered)


def _columns(raw: Any) -> dict[str, tuple[Read, ...]]:
    return {
        table: tuple(_read(each, f"tables.columns.{table}") for each in columns)
        for table, columns in _object(raw, "tables.columns").items()
    }


def _read(raw: Any, key: str) -> Read:
    body = _object(raw, key)
    name = _text(body.get("field"), f"{key}[].field")
    places.parse(name)
    return Read(name, _maybe(body, "at"))


def _object(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{key} is no JSON object")
    return value


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value


def _maybe(raw: dict[str, Any], key: str) -> str | None:
    return None if raw.get(key) is None else _text(raw[key], key)


def _names(value: Any, key: str) -> frozenset[str]:
    if not isinstance(value, list):
        raise TypeError(f"{key} is no list")
    return frozenset(_text(each, key) for each in value)
