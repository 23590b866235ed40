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
_REMEDY: Final = "Restore it from version control, or delete it."


@dataclass(frozen=True, eq=False)
class Regression:
    """One kept event.

    Attributes:
        path: its file.
        number: in its name: "01".
        event: the event.
        raised: what the handler raised when it was found.
    """

    path: Path
    number: str
    event: Event
    raised: str


def keep(folder: Path, channel: EventType, event: Event, *, promise: str, raised: str) -> Path:
    """Write the event to a new file of the project, unless one has it already; returns the file."""
    home = folder / FOLDER
    for known in regressions(folder, channel):
        if known.event == event:
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


def _load(file: Path) -> Regression:
    raw = parse(read(file, remedy=_REMEDY), source=str(file), remedy=_REMEDY)
    try:
        event, raised = raw["event"], str(raw["raised"])
        event["payload"]
    except (KeyError, TypeError) as error:
        raise DocumentError(f"{file} is no kept event: {error}. {_REMEDY}") from None
    return Regression(file, file.stem.rpartition("-")[2], event, raised)
