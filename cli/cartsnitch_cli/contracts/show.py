"""A channel's contract, field by field; or a service's over HTTP."""

import difflib
import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_cli.contracts.fields import demanded, sent, titles, version_told
from cartsnitch_cli.contracts.operations import show_operation, show_service
from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Decoder, consumers
from cartsnitch_contracts.diff.effects import ordered
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.library import load_document, snapshot, versions
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.outline import Entry, outline
from cartsnitch_contracts.topology import title

MOST_VALUES = 5
"""So many different values of a field are shown from the examples."""


def show(
    channel: Annotated[
        str,
        typer.Argument(
            help="A channel: prices.updated; a service: receiptwitness; or one of its operations: "
            "'receiptwitness:GET /prices'."
        ),
    ],
    field: Annotated[
        str,
        typer.Argument(
            metavar="[FIELD]", help="One field of a channel: sale_price, or payload.prices[].sale_price."
        ),
    ] = "",
    version: Annotated[str, typer.Option(help="A release; next is what comes next.")] = NEXT,
) -> None:
    """Say what a channel carries: each field, whether it is always sent, since when, and who reads it.

    Of a service, its operations; of an operation, its parameters, bodies and callers.
    """
    service, colon, operation = channel.partition(":")
    if colon or service in snapshot().rest:
        if field:
            raise DocumentError(f"A field can be named of a channel, and {channel!r} is none.")
        rest = snapshot(version).rest
        contract = rest[_known(service, rest, "service")]
        if colon:
            show_operation(contract, operation, version)
        else:
            show_service(contract, version)
        return
    document = load_document(_channel(channel), version)
    written, taken = outline(document.writer), outline(document.reader)
    senders, receivers = titles(document.publishers), titles(document.subscribers)
    say(f"{document.name}  {version_told(version)}  {senders} -> {receivers}")
    if field:
        _show_field(document, _place(field, {**taken, **written}), written, taken)
        return
    say()
    rows = [("FIELD", "HOLDS", "SENT", "DEMANDED", "SINCE")]
    for place, entry in {**taken, **written}.items():
        rows.append(
            (place, entry.brief, sent(written, place), demanded(taken, place), _since(document, place))
        )
    for line in table(rows):
        say(line)
    example = min(document.accepted.items(), key=lambda item: len(json.dumps(item[1])), default=None)
    if example is not None:
        say()
        say(f'example "{example[0]}"')
        say(json.dumps(example[1], indent=2, ensure_ascii=False))


def _show_field(document: Document, place: str, written: dict[str, Entry], taken: dict[str, Entry]) -> None:
    say(f"  {place}")
    say(f"  sent      {sent(written, place)}{_of(written, place)}")
    say(f"  accepted  {demanded(taken, place, 'demanded', 'may be absent')}{_of(taken, place)}")
    say(f"  since     {_since(document, place)}")
    say(f"  written   by {titles(document.publishers)}")
    for line in _reads(document, place):
        say(f"  read      by {line}")
    values = list(dict.fromkeys(_values(document, place)))
    if values:
        more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
        say(f"  examples  {', '.join(values[:MOST_VALUES])}{more}")


def _reads(document: Document, place: str) -> list[str]:
    services = consumers(snapshot().consumers)
    found = {
        name: services[name].decoder(document.name, subscribed=name in document.subscribers)
        for name in ordered(services)
    }
    return [f"{title(name)}, {_reading(decoder, place)}" for name, decoder in found.items() if decoder]


def _reading(decoder: Decoder, place: str) -> str:
    model = "the shared class" if decoder.shared else "a model of its own"
    read = decoder.read(place)
    if read is None and decoder.reads is None:
        return f"with {model}; what it reads of it is not known"
    if read is None:
        return f"with {model}; it does not read this"
    return f"with {model}, at {read.at}" if read.at else f"with {model}"


def _channel(name: str) -> str:
    return _known(
        name.removeprefix("cartsnitch."), [*snapshot().events, *snapshot().rest], "channel or service"
    )


def _known(name: str, known: Iterable[str], noun: str) -> str:
    if name in (names := list(known)):
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"Is it {near[0]}? " if near else ""
    raise DocumentError(f"There is no {noun} {name!r}. {hint}There are: {', '.join(names)}.")


def _place(field: str, entries: dict[str, Entry]) -> str:
    found = [place for place in entries if place == field or place.endswith((f".{field}", f"]{field}"))]
    if len(found) == 1:
        return found[0]
    if found:
        raise DocumentError(f"{field!r} could be {' or '.join(found)}. Name it in full.")
    tails = {place.rpartition(".")[2]: place for place in entries}
    near = difflib.get_close_matches(field.rpartition(".")[2], tails, n=1, cutoff=0.5)
    hint = f"Is it {tails[near[0]]}? " if near else ""
    raise DocumentError(f"There is no field {field!r}. {hint}There are: {', '.join(entries)}.")


def _of(entries: dict[str, Entry], place: str) -> str:
    return f"; {entries[place].says}" if place in entries else ""


def _since(document: Document, place: str) -> str:
    for version in versions(document.channel):
        known = load_document(document.name, version)
        if place in outline(known.writer) or place in outline(known.reader):
            return version
    return document.version


def _values(document: Document, place: str) -> list[str]:
    path = places.parse(place)
    found: list[Any] = [
        places.get(event, where) for event in document.accepted.values() for where in places.find(event, path)
    ]
    texts = [json.dumps(value, ensure_ascii=False) for value in found]
    return [text if len(text) <= 40 else f"{text[:40]}..." for text in texts]
