"""Test doubles that the service's code calls in place of its own: what they are given, its own may read.

A fake or a mock stands for code that this run does not see, so every recorded value among its arguments
counts as read altogether; so do the messages that are treated where an argument is an iterator, for what it
would give is not known. A test's function around a subscriber's handler is no double, nor is a server that
answers httpx in a test.
"""

import dataclasses
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, Final
from unittest.mock import CallableMixin

from pydantic import BaseModel

from cartsnitch_contracts.places import Path
from cartsnitch_contracts.service.recording import models, objects
from cartsnitch_contracts.service.recording.executed import Treated
from cartsnitch_contracts.service.recording.notes import Notes, Subject

_MOCKED: Final = vars(CallableMixin)["__call__"].__code__
"""What runs whenever a mock is called, whatever its kind."""
_MORE: Final = (0x04, 0x08)
"""The flags of code that takes `*arguments` or `**named`."""
_DEPTH: Final = 8


class Doubles:
    """Notes what doubles are given.

    Args:
        notes: where reads go.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._code = notes.code

    def started(self, frame: FrameType, treated: Treated) -> bool:
        """Code starts that is not the service's; whether it may be a double's.

        Args:
            frame: where it runs.
            treated: gives the messages that are being treated.
        """
        code = frame.f_code
        if code is not _MOCKED and (self._code.is_runner(code) or not self._is_a_tests(code, frame)):
            return False
        if (caller := self._code.caller(frame)) is None:
            return True
        for value in _arguments(frame):
            for each in self._held(value, _DEPTH):
                unknown = isinstance(each, Iterator)
                for subject, path in [(one, ()) for one in treated(frame)] if unknown else [each]:
                    self._notes.read_by(caller, subject, path, whole=True)
        return True

    def _is_a_tests(self, code: CodeType, frame: FrameType) -> bool:
        generated = code.co_filename.startswith("<")  # a dataclass's `__init__`, say
        return self._is_in_a_test(frame.f_globals.get("__file__") if generated else code.co_filename)

    def _is_in_a_test(self, file: object) -> bool:
        return isinstance(file, str) and self._code.kind(file) == "other"

    def _held(self, value: Any, depth: int) -> Iterator[Iterator[Any] | tuple[Subject, Path]]:
        """The places of the recorded values that a value is or holds, and its iterators."""
        if isinstance(value, Iterator):
            yield value
        elif place := objects.origin(value) or models.origin(value):
            yield place
        elif depth:
            for each in self._parts(value):
                yield from self._held(each, depth - 1)

    def _parts(self, value: Any) -> Iterator[Any]:
        """What a collection has, a model, or an object of a class that is no library's."""
        if isinstance(value, dict):
            yield from dict.values(value)
        elif isinstance(value, list | tuple | set | frozenset):
            yield from value
        elif isinstance(value, BaseModel):
            yield from value.__dict__.values()
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from (getattr(value, each.name, None) for each in dataclasses.fields(value))
        elif not isinstance(value, type):
            module = sys.modules.get(type(value).__module__)
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and self._code.kind(file) != "passing":
                yield from getattr(value, "__dict__", {}).values()


def _arguments(frame: FrameType) -> Iterator[Any]:
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + sum(bool(code.co_flags & each) for each in _MORE)
    values = frame.f_locals
    yield from (values[name] for name in code.co_varnames[:count] if name in values and name != "self")
