"""Events that a handler once did not take, kept as files beside `pyproject.toml` and tried from then on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from cartsnitch_common.constants import EventType
from cartsnitch_contracts.document import PREFIX, Event
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.text import parse, read

FOLDER: Final = Path("contracts/regressions")
UNKNOWN_ROWS: Final = "takes-unknown-rows"
"""How the name of the promise ends that delivers events without the rows that they refer to."""
_REMEDY: Final = "Restore it from version control, or delete it."


@dataclass(frozen=True, eq=False)
class Regression:
    """One kept event.

    Attributes:
        path: its file.
        number: in its name: "01".
        promise: the name of the one that it broke; empty where the file does not tell.
        event: the event.
        raised: what the handler raised when it was found.
    """

    path: Path
    number: str
    promise: str
    event: Event
    raised: str

    @property
    def rows(self) -> bool:
        """Whether the rows that it refers to were there."""
        return _had_rows(self.promise)


def keep(folder: Path, channel: EventType, event: Event, *, promise: str, raised: str) -> Path:
    """Write the event to a new file of the project, unless one has it already; returns the file.

    With the rows that it refers to and without them it is not the same.
    """
    home = folder / FOLDER
    for known in regressions(folder, channel):
        if known.event == event and known.rows == _had_rows(promise):
            return known.path
    home.mkdir(parents=True, exist_ok=True)
    content: Mapping[str, Any] = {"channel": channel, "promise": promise, "raised": raised, "event": event}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    for number in count(1):
        file = home / f"{_stem(channel)}-{number:02}.json"
        try:
            with file.open("x", encoding="utf-8", newline="\n") as stream:  # others may write at once
                stream.write(text)
        except FileExistsError:
            continue
        return file
    raise AssertionError("numbers do not end")


def regressions(folder: Path, channel: EventType) -> list[Regression]:
    """The kept events of a channel, by number.

    Raises:
        DocumentError: a file is not what `keep` writes.
    """
    home = folder / FOLDER
    return [_load(file) for file in sorted(home.glob(f"{_stem(channel)}-[0-9]*.json"))]


def _stem(channel: EventType) -> str:
    return channel.removeprefix(PREFIX).replace(".", "-")


def _had_rows(promise: str) -> bool:
    return not promise.endswith(UNKNOWN_ROWS)


def _load(file: Path) -> Regression:
    raw = parse(read(file, remedy=_REMEDY), source=str(file), remedy=_REMEDY)
    try:
        event, raised, promise = raw["event"], str(raw["raised"]), str(raw.get("promise", ""))
        event["payload"]
    except (KeyError, TypeError) as error:
        raise DocumentError(f"{file} is no kept event: {error}. {_REMEDY}") from None
    return Regression(file, file.stem.rpartition("-")[2], promise, event, raised)
