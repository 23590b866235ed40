"""Handing events to a handler as a subscriber does, and what comes of it."""

import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cartsnitch_common.errors import PayloadError
from cartsnitch_contracts.document import Event
from cartsnitch_contracts.service.consumes.handler import Handler
from cartsnitch_contracts.service.consumes.surroundings import Surroundings
from cartsnitch_contracts.service.onlookers import recorded


@dataclass(frozen=True, eq=False)
class Failure:
    """An event that a handler did not take.

    Attributes:
        event: the event.
        error: what was raised.
        world: the tables of the rows that there were.
        refused: whether the handler's reader refused it, so that the handler never saw it.
    """

    event: Event
    error: BaseException
    world: Sequence[str] = ()
    refused: bool = False

    def like(self, other: "Failure | None") -> bool:
        """Whether the other failed in the same way."""
        return other is not None and type(self.error) is type(other.error)

    def at(self, folder: Path) -> str:
        """The innermost line of code within the folder, else of all: `handlers.py:34   total = ...`."""
        frames = traceback.extract_tb(self.error.__traceback__)
        own = [frame for frame in frames if _is_own(Path(frame.filename), folder)]
        frame = (own or frames)[-1]
        path = Path(frame.filename)
        where = path.relative_to(folder) if folder in path.parents else path
        return f"{where}:{frame.lineno}   {frame.line}"


@dataclass(frozen=True, eq=False)
class Delivery:
    """Delivers to one handler in one world.

    Attributes:
        handler: what takes the events.
        surroundings: what it runs in.
        arguments: its further arguments.
    """

    handler: Handler
    surroundings: Surroundings
    arguments: Mapping[str, object] = field(default_factory=dict)

    def attempt(self, event: Event, *, rows: bool = True) -> Failure | None:
        """Deliver to a clean database, with the rows that the event refers to unless `rows` is false."""
        self.surroundings.reset()
        world = self.surroundings.arrange(event) if rows else ()
        return self.deliver(event, world)

    def deliver(self, event: Event, world: Sequence[str] = ()) -> Failure | None:
        """Deliver as things are; `world` is told with a failure."""
        try:
            decoded = self.handler.decode(as_bytes(event))
        except PayloadError as error:
            return Failure(event, error, world, refused=True)
        try:
            self.surroundings.call(recorded(self.handler.function), decoded, self.arguments)
        except (Exception, SystemExit) as error:  # a handler that ends the process fails too
            return Failure(event, error, world)
        return None


def as_bytes(event: Any) -> bytes:
    """The message of an event."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _is_own(path: Path, folder: Path) -> bool:
    """Whether the code is the project's: its environment may lie in its folder."""
    return folder in path.parents and "site-packages" not in path.parts
