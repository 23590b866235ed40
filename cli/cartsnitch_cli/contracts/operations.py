"""A service's contract over HTTP: its operations, and one with its parameters, bodies and callers."""

import json
from collections.abc import Iterator
from itertools import groupby

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_cli.contracts.fields import demanded, sent, titles, version_told
from cartsnitch_contracts.outline import holds, outline
from cartsnitch_contracts.rest import Operation, RestDocument, Sides
from cartsnitch_contracts.topology import title


def show_service(document: RestDocument, version: str) -> None:
    """Its operations, a line each."""
    say(f"{document.service}  {version_told(version)}")
    say()
    rows = [("OPERATION", "ANSWERS", "CALLED BY", "")]
    rows += [
        (each.name, ", ".join(each.responses), titles(each.callers), each.summary)
        for each in document.operations
    ]
    for line in table(rows):
        say(line)
    say()
    say(f'one of them: cartsnitch contracts show "{document.service}:{document.operations[0].name}"')


def show_operation(document: RestDocument, name: str, version: str) -> None:
    """Who calls it, with what, and what is answered; a body that several statuses have is told once."""
    operation = document.operation(name)
    callers = titles(operation.callers)
    said = f"{document.service}:{operation.name}  {version_told(version)}"
    say(f"{said}  {callers} -> {title(document.service)}")
    if operation.summary:
        say(operation.summary)
    if operation.parameters:
        say()
        rows = [("PARAMETER", "IN", "HOLDS", "DEMANDED")]
        rows += [
            (each.name, each.location, holds(each.schema), "yes" if each.required else "no")
            for each in operation.parameters
        ]
        for line in table(rows):
            say(line)
    for head, sides in _bodies(operation):
        say()
        say(f"{head}  {sides.media_type if sides else 'no JSON'}")
        for line in _fields(sides) if sides else ():
            say(line)
    for of, examples in document.examples[operation.name].items():
        if examples.accepted and (of == "request" or of.startswith("2")):
            shortest = min(examples.accepted.items(), key=lambda item: len(json.dumps(item[1])))
            say()
            say(f'{of}, example "{shortest[0]}"')
            say(json.dumps(shortest[1], indent=2, ensure_ascii=False))


def _bodies(operation: Operation) -> Iterator[tuple[str, Sides | None]]:
    if operation.request:
        yield f"request{'' if operation.request_required else ', may be absent'}", operation.request
    for sides, alike in groupby(operation.responses.items(), key=lambda item: item[1]):
        yield ", ".join(status for status, _ in alike), sides


def _fields(sides: Sides) -> list[str]:
    writer, reader = outline(sides.writer), outline(sides.reader)
    rows = [("FIELD", "HOLDS", "SENT", "DEMANDED")]
    for place, entry in {**reader, **writer}.items():
        rows.append((place, entry.brief, sent(writer, place), demanded(reader, place)))
    return table(rows)
