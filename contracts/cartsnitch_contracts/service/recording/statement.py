"""The service's own statement: what was read held against it, or written to it."""

from dataclasses import dataclass
from pathlib import Path

from cartsnitch_contracts import text
from cartsnitch_contracts.diff.consumers import Consumer, loads
from cartsnitch_contracts.diff.describe import dumps
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.files import package_files
from cartsnitch_contracts.service.config import ServiceConfig
from cartsnitch_contracts.service.consumes.handler import find_handler
from cartsnitch_contracts.service.recording.document import document
from cartsnitch_contracts.service.recording.recorder import Recorder
from cartsnitch_contracts.service.recording.undeclared import Undeclared, read_and_there, undeclared
from cartsnitch_contracts.snapshot import Snapshot

REMEDY = "-> --cartsnitch-record"
_SHOWN = 3


@dataclass(frozen=True)
class Judged:
    """What a run says of reads.

    Attributes:
        read: how many fields were read, of all that was received.
        there: how many there are.
        undeclared: what was read, and is not stated.
        note: why the statement says nothing; empty where it does.
    """

    read: int
    there: int
    undeclared: tuple[Undeclared, ...]
    note: str = ""

    def __str__(self) -> str:
        parts = [f"{self.read} of {self.there} fields"]
        if self.undeclared:
            shown = ", ".join(map(str, self.undeclared[:_SHOWN]))
            more = f" and {len(self.undeclared) - _SHOWN} more" if len(self.undeclared) > _SHOWN else ""
            parts.append(f"{len(self.undeclared)} undeclared: {shown}{more}")
        if self.note:
            parts.append(self.note)
        told = "; ".join(parts)
        return f"{told}  {REMEDY}" if len(parts) > 1 else told


def judge(recorder: Recorder, file: Path, *, pins: str) -> Judged:
    """What was read, held against the statement in the file; where there is none, everything may be read.

    Raises:
        DocumentError: the file is no statement.
    """
    read, there = read_and_there(recorder.notes, Snapshot("the package", package_files()))
    if not file.is_file():
        return Judged(read, there, (), f"nothing is stated in {file.parent.name}/{file.name}")
    stated = loads(text.read(file, remedy=f"Write it anew {REMEDY}."), source=str(file))
    missing = tuple(undeclared(stated, recorder.notes, recorder.statements))
    return Judged(read, there, missing, _stale(stated, pins))


def _stale(stated: Consumer, pins: str) -> str:
    return f"stated with common {stated.pins}, and {pins} is installed" if stated.pins != pins else ""


def write(recorder: Recorder, file: Path, declared: ServiceConfig, *, pins: str) -> str:
    """Write what was recorded; returns a line that says what, and which code no test ran."""
    stated = document(
        recorder,
        version=declared.version or None,
        pins=pins,
        publishes=[each.removeprefix(PREFIX) for each in declared.publishes],
        consumes={
            channel.removeprefix(PREFIX): find_handler(place, channel).reader
            for channel, place in declared.consumes.items()
        },
        calls=[(call.service, call.operation) for call in declared.calls],
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dumps(stated), encoding="utf-8", newline="\n")
    read, there = read_and_there(recorder.notes, Snapshot("the package", package_files()))
    notes = loads(dumps(stated), source=str(file)).notes
    told = f"{read} of {there} fields, written to {file.parent.name}/{file.name}"
    return "\n  ".join([told, *notes])
