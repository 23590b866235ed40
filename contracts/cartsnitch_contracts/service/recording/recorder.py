"""One recording: what the service's code reads of what it is told, and which of its code ran for that."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from cartsnitch_common.schemas.base import Reader
from cartsnitch_contracts.rest.operations import ENDPOINTS
from cartsnitch_contracts.service.onlookers import onlookers
from cartsnitch_contracts.service.recording.answers import Answers
from cartsnitch_contracts.service.recording.bodies import bodies_seen
from cartsnitch_contracts.service.recording.code import ServiceCode
from cartsnitch_contracts.service.recording.deliveries import Deliveries, Handler, deliveries_seen
from cartsnitch_contracts.service.recording.doubles import Doubles
from cartsnitch_contracts.service.recording.executed import Executed
from cartsnitch_contracts.service.recording.models import hooked
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.operations import Operations
from cartsnitch_contracts.service.recording.parsing import parsing_seen
from cartsnitch_contracts.service.recording.statements import Statements, statements_seen

_ROOTS: Final = tuple({each.answer: None for each in ENDPOINTS if not issubclass(each.answer, Reader)})
"""Answers that are no objects, and so no `Reader`s."""


class Recorder:
    """Records one service while `recording()` runs.

    Args:
        service: its name on the wire.
        roots: the folders of its packages, or single files.
        project: the folder of its project, whose code is its own but for the tests.
        consumes: the channels that it consumes. Of these, events count as well that its code decodes itself.

    Attributes:
        notes: the fields that were read.
        executed: the code that ran.
        deliveries: takes events to handlers.
        answers: takes answers to clients.
        statements: the tables and columns that were used.
    """

    def __init__(
        self,
        service: str,
        roots: Iterable[Path],
        project: Path | None = None,
        consumes: Iterable[str] = (),
    ) -> None:
        self.service = service
        code = ServiceCode(roots, project)
        self.notes = Notes(code)
        self.executed = Executed(code, Doubles(self.notes).started)
        self.deliveries = Deliveries(self.notes, self.executed, consumes)
        self.answers = Answers(Operations(service), self.notes, self.executed)
        self.statements = Statements(code)

    @contextmanager
    def recording(self) -> Iterator["Recorder"]:
        """Record while the block runs; the classes of this package and of httpx are hooked for so long."""
        with ExitStack() as stack:
            for each in (
                hooked(*_ROOTS),
                self.executed.watch(),
                parsing_seen(self.answers, self.deliveries),
                bodies_seen(self.answers),
                deliveries_seen(self.deliveries),
                statements_seen(self.statements),
            ):
                stack.enter_context(each)
            onlookers.append(self)
            try:
                yield self
            finally:
                onlookers.remove(self)
            self.answers.settle()

    def handler(self, handler: Handler) -> Handler:
        """The handler, to be called instead of it with an event."""
        return partial(self.deliveries.of, handler)

    def answered(self, service: str, operation: str, *, seen: bool) -> None:
        """A stub of another service answered a call; unless that is seen, it counts as read altogether."""
        if not seen:
            self.notes.unseen(Subject("calls", operation, service))

    def dump(self) -> dict[str, Any]:
        """Everything as plain data, for `load` in another process."""
        return {
            "notes": self.notes.dump(),
            "executed": self.executed.dump(),
            "statements": self.statements.dump(),
        }

    def load(self, dumped: dict[str, Any]) -> None:
        """Add what another process recorded of the same service."""
        self.notes.load(dumped["notes"])
        self.executed.load(dumped["executed"])
        self.statements.load(dumped["statements"])
