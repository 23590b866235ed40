"""What the service's code reads beyond its statement, and how much of the contracts it reads at all."""

from collections.abc import Iterator
from dataclasses import dataclass

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Consumer, Decoder, Read
from cartsnitch_contracts.diff.describe import leaves
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.statements import Statements
from cartsnitch_contracts.snapshot import Snapshot


@dataclass(frozen=True)
class Undeclared:
    """A place that is read, and that the statement does not name.

    Attributes:
        subject: of what: "prices.updated", "receiptwitness GET /prices", or "tables".
        read: the place, and the line that reads it.
    """

    subject: str
    read: Read

    def __str__(self) -> str:
        at = f" at {self.read.at}" if self.read.at else ""
        return f"{self.subject}: {self.read.field.removeprefix('payload.')}{at}"


def undeclared(stated: Consumer, notes: Notes, statements: Statements) -> list[Undeclared]:
    """What was read and is not stated; a statement of which something is not known allows it."""
    return [*_fields(stated, notes), *_tables(stated, statements)]


def _fields(stated: Consumer, notes: Notes) -> Iterator[Undeclared]:
    for subject in notes.subjects:
        decoder = decoder_of(stated, subject)
        if decoder is not None and decoder.reads is None:
            continue
        named = [places.parse(each.field) for each in (decoder.reads or () if decoder else ())]
        name = f"{subject.service} {subject.name}".strip()
        for read in notes.reads(subject):
            path = places.parse(read.field)
            if not any(path[: len(each)] == each for each in named):
                yield Undeclared(name, read)


def _tables(stated: Consumer, statements: Statements) -> Iterator[Undeclared]:
    if stated.reads_tables is None:
        return
    for line in sorted(statements.unknown):
        yield Undeclared("tables", Read("some that cannot be told", line or None))
    for table, columns in statements.columns.items():
        named = {each.field for each in (stated.reads_columns or {}).get(table, columns)}
        if table not in stated.reads_tables:
            yield Undeclared("tables", Read(table, columns[0].at if columns else None))
        for column in columns:
            if column.field not in named:
                yield Undeclared("tables", Read(f"{table}.{column.field}", column.at))


def decoder_of(stated: Consumer, subject: Subject) -> Decoder | None:
    """What the service states of how it reads something."""
    if subject.kind == "consumes":
        return stated.decoder(subject.name, subscribed=False)
    return stated.caller(subject.service, subject.name, calling=False)


def read_and_there(notes: Notes, snapshot: Snapshot) -> tuple[int, int]:
    """How many fields were read, and how many there are, of everything that was received.

    Of events the payload counts, and not its envelope.
    """
    read = there = 0
    for subject in notes.subjects:
        fields = [
            path for path in _schema(subject, snapshot) if subject.kind == "calls" or path[0] == "payload"
        ]
        named = [places.parse(each.field) for each in notes.reads(subject)]
        if subject in notes.own:
            named += leaves(dict(notes.own[subject]))
        there += len(fields)
        read += sum(any(_meet(path, each) for each in named) for path in fields)
    return read, there


def _schema(subject: Subject, snapshot: Snapshot) -> list[places.Path]:
    if subject.kind == "consumes":
        document = snapshot.events.get(subject.name)
        return leaves(document.reader) if document else []
    rest = snapshot.rest.get(subject.service)
    for operation in rest.operations if rest else ():
        if operation.name == subject.name:
            success = next(
                (each for status, each in operation.responses.items() if status.startswith("2")), None
            )
            return leaves(success.reader) if success else []
    return []


def _meet(path: places.Path, other: places.Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]
