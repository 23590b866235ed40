"""Answers of other services on their way through the service's code: as JSON, parsed, or as raw bytes."""

import threading
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, TypeAdapter

from cartsnitch_contracts.export import schema_of
from cartsnitch_contracts.service.recording import objects
from cartsnitch_contracts.service.recording.executed import Executed
from cartsnitch_contracts.service.recording.models import is_shared, seal_within
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.operations import Operations


class Answers:
    """Notes what is read of answers.

    Args:
        operations: those of the other services.
        notes: where reads go.
        executed: is told when the service's code gets an answer.
    """

    def __init__(self, operations: Operations, notes: Notes, executed: Executed) -> None:
        self.of = operations.called
        self._operations = operations
        self._notes = notes
        self._executed = executed
        self._handed: dict[int, Subject] = {}

    def received(self, subject: Subject) -> None:
        """A client whose bodies are seen asks; of the answer nothing is read so far."""
        if self._is_for_the_service():
            self._notes.met(subject)

    def settle(self) -> None:
        """At the end: answers whose bodies went where nobody saw them were read altogether."""
        for subject in self._handed.values():
            self._notes.unseen(subject)

    def json(self, subject: Subject, body: Any) -> Any:
        """The parsed body as the service gets it."""
        if not self._is_for_the_service():
            return body
        self._begin(subject)
        return objects.recorded(body, self._notes, subject)

    def raw(self, subject: Subject, *, parsed: bool) -> None:
        """The service gets the bytes; `parsed` where they go to a model at once, and nowhere else."""
        if not self._is_for_the_service():
            return
        self._begin(subject)
        if parsed:
            if before := self._from_raw():
                self._notes.unseen(before[0])  # what took that one was no model
            self._handed[threading.get_ident()] = subject
        else:
            self._notes.read(subject, (), whole=True)

    def validated(self, model: Any, value: Any, validate: Callable[[Any], Any]) -> Any:
        """What the model makes of an answer, or of a part of one, sealed; of anything else as ever.

        Args:
            model: a class, or the type of a type adapter.
            value: the JSON value, or the text of one.
            validate: makes it of a value.
        """
        raw = isinstance(value, str | bytes | bytearray)
        origin = self._from_raw() if raw else objects.origin(value)
        made = validate(value if origin is None else objects.plain(value))
        if origin is None:
            subject = self._operations.answered_with(model)
            if subject is None or self._notes.code.reader() is None:
                return made
            self._begin(subject)
            origin = (subject, ())
        subject, path = origin
        if _all_shared(model) and seal_within(made, self._notes, subject, path):
            return made
        if path or (isinstance(model, type) and model.__module__.startswith("cartsnitch_common.")):
            self._notes.read(subject, path, whole=True)
        else:
            self._notes.parsed(subject, _schema(model))
        return made

    def _is_for_the_service(self) -> bool:
        """Whether its code gets it, or a test's double that it called."""
        return self._notes.code.reader() is not None or self._notes.code.behind() is not None

    def _begin(self, subject: Subject) -> None:
        self._notes.met(subject)
        self._executed.answered(subject)

    def _from_raw(self) -> tuple[Subject, tuple[()]] | None:
        subject = self._handed.pop(threading.get_ident(), None)
        return None if subject is None else (subject, ())


def _all_shared(model: Any) -> bool:
    """Whether it is a class of this package, or a list of one."""
    return is_shared(model) or (
        getattr(model, "__origin__", None) in (list, tuple) and all(map(_all_shared, model.__args__))
    )


def _schema(model: Any) -> dict[str, Any]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        return schema_of(model, "validation")
    return TypeAdapter(model).json_schema(mode="validation")
