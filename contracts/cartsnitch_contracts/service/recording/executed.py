"""Which parts of the service's code ran for what, so that a recording knows what it has not seen.

A read is an instruction. The interpreter tells each that runs (`sys.monitoring`), and it counts for the
messages that are being treated then: code that is shared by two handlers must run for both.
"""

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any, Final

from cartsnitch_contracts.service.recording.code import ServiceCode
from cartsnitch_contracts.service.recording.instructions import Position, lines, positions
from cartsnitch_contracts.service.recording.notes import Subject
from cartsnitch_contracts.service.recording.within import Reached, defined, within

type _Place = tuple[str, Position]
type Treated = Callable[[FrameType], frozenset[Subject]]
"""Gives the messages that the code of a frame treats."""
type _Sides = tuple[set[_Place], set[_Place]]

_TOOLS: Final = (4, 3)
"""The ids of `sys.monitoring` that no debugger, coverage tool or profiler takes by convention."""
_EVENTS: Final = sys.monitoring.events
_treated: ContextVar[frozenset[Subject]] = ContextVar("_treated", default=frozenset())
"""The messages that are being treated."""


class Executed:
    """What ran of the service's code for each subject, from `watch()` on.

    Args:
        code: tells which code is the service's.
        other: is told each frame of other code that starts, and the messages that are being treated; says
            whether it wants to be told of that code again.
    """

    def __init__(self, code: ServiceCode, other: Callable[[FrameType, Treated], bool]) -> None:
        self.code = code
        self._other = other
        self._tool = 0
        # By identity: the same code in two files is equal.
        self._watched: dict[int, tuple[CodeType, list[_Place]]] = {}
        self._ran: dict[Subject | None, set[_Place]] = defaultdict(set)
        self._frames: dict[int, set[_Place]] = {}
        self._asking: set[int] = set()
        self._concerned: dict[Subject, dict[int, Reached]] = defaultdict(dict)
        self._anchors: dict[Subject, FrameType] = {}
        self._counted: frozenset[Subject] = frozenset()
        self._elsewhere: dict[Subject | None, _Sides] = defaultdict(lambda: (set(), set()))

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch the service's code while the block runs.

        Raises:
            RuntimeError: other tools take every free place of `sys.monitoring`.
        """
        free = [each for each in _TOOLS if sys.monitoring.get_tool(each) is None]
        if not free:
            raise RuntimeError(
                "What the service's code runs cannot be watched: other tools take the places "
                f"{_TOOLS} of sys.monitoring. Switch one of them off."
            )
        self._tool = free[0]
        sys.monitoring.use_tool_id(self._tool, "cartsnitch")
        sys.monitoring.register_callback(self._tool, _EVENTS.PY_START, self._started)
        sys.monitoring.register_callback(self._tool, _EVENTS.INSTRUCTION, self._stepped)
        sys.monitoring.set_events(self._tool, _EVENTS.PY_START)
        self.code.on_read = self._reading
        try:
            yield
        finally:
            self.code.on_read = None
            for each, _ in self._watched.values():
                sys.monitoring.set_local_events(self._tool, each, 0)
            sys.monitoring.set_events(self._tool, 0)
            sys.monitoring.free_tool_id(self._tool)
            self._anchors.clear()
            self._frames.clear()

    @contextmanager
    def treating(self, subject: Subject) -> Iterator[None]:
        """What runs in the block, and in tasks that it starts, treats a message of this subject."""
        token = _treated.set(_treated.get() | {subject})
        try:
            yield
        finally:
            _treated.reset(token)

    def entered(self, subject: Subject, code: CodeType, names: dict[str, Any]) -> None:
        """The code that treats the subject's messages, whether it ever runs or not."""
        if self.code.owns(code):
            self._concern(subject, code, names)

    def answered(self, subject: Subject) -> None:
        """The service's code on the stack was answered by another service; from here on it treats that.

        What it ran before, in the calls that are on the stack, counts as well.
        """
        frame: FrameType | None = sys._getframe(1)
        treated = self._subjects(frame)
        anchor = None
        while frame is not None:
            if self.code.owns(frame.f_code):
                anchor = frame
                self._asking.add(id(frame.f_code))
                self._ran[subject] |= self._earlier(frame, treated)
                self._concern(subject, frame.f_code, frame.f_globals)
            frame = frame.f_back
        if anchor is not None:
            self._anchors[subject] = anchor
            self._count(self._subjects(sys._getframe(1)))

    @property
    def nothing(self) -> bool:
        """Whether no code of the service ran at all: its code lies elsewhere, or no test runs it."""
        return not self._ran[None] and not self._elsewhere[None][1]

    def uncovered(self, subject: Subject | None) -> tuple[str, ...]:
        """The lines that some message of this subject may reach and none did: `handlers.py:41-44`.

        For None the lines of the service's modules, as far as they are imported, that nothing ran.
        """
        needed, ran = self._needed(subject)
        missed: dict[str, set[int]] = defaultdict(set)
        for file, position in needed - ran:
            missed[self.code.name(file)].add(position[0] or 0)
        return tuple(f"{name}:{each}" for name in sorted(missed) for each in lines(missed[name]))

    def dump(self) -> list[Any]:
        """What was needed and what ran, as plain data."""
        subjects = [None, *self._concerned]
        return [
            ((each.kind, each.name, each.service) if each else None, *map(list, self._needed(each)))
            for each in subjects
        ]

    def load(self, dumped: list[Any]) -> None:
        """Add what ran in another process."""
        for subject, *sides in dumped:
            key = Subject(*subject) if subject else None
            for mine, other in zip(self._elsewhere[key], sides, strict=True):
                mine.update((file, tuple(position)) for file, position in other)

    def _needed(self, subject: Subject | None) -> _Sides:
        """Every place that matters for the subject, and those that ran."""
        needed, ran = (set(each) for each in self._elsewhere[subject])
        ran |= self._ran[subject]
        codes = (
            defined(sys.modules, self.code)
            if subject is None
            else within(self._concerned.get(subject, {}).values(), self.code)
        )
        for code in codes:
            needed |= {(code.co_filename, position) for position in positions(code)}
        return needed, ran

    def _earlier(self, frame: FrameType, treated: frozenset[Subject]) -> set[_Place]:
        """What a call ran so far.

        While messages are treated an instruction is told once; what of it ran for them before counts.
        """
        told = self._frames.get(id(frame), set())
        if not treated or id(frame.f_code) not in self._watched:
            return told
        before = self._watched[id(frame.f_code)][1][: frame.f_lasti // 2 + 1]
        return told.union(*(self._ran[each].intersection(before) for each in treated))

    def _concern(self, subject: Subject, code: CodeType, names: dict[str, Any]) -> None:
        self._concerned[subject].setdefault(id(code), (code, names))

    def _started(self, code: CodeType, offset: int) -> Any:
        frame = sys._getframe(1)
        if not self.code.owns(code):
            return None if self._other(frame, self._subjects) else sys.monitoring.DISABLE
        self._frames[id(frame)] = set()
        if id(code) not in self._watched:
            places = [(code.co_filename, position) for position in code.co_positions()]
            self._watched[id(code)] = (code, places)
            sys.monitoring.set_local_events(self._tool, code, _EVENTS.INSTRUCTION)
        subjects = self._subjects(frame)
        for subject in subjects:
            self._concern(subject, code, frame.f_globals)
        self._count(subjects)
        return None

    def _stepped(self, code: CodeType, offset: int) -> Any:
        place = self._watched[id(code)][1][offset // 2]
        frame = sys._getframe(1)
        self._ran[None].add(place)
        self._frames.setdefault(id(frame), set()).add(place)
        subjects = self._subjects(frame)
        for subject in subjects:
            self._ran[subject].add(place)
        if subjects:
            if not self._counted:
                self._count(subjects)
                return None
            return sys.monitoring.DISABLE if subjects == self._counted else None
        if id(code) in self._asking:
            return None  # each call's instructions count for the answer that it may get
        self._counted = frozenset()  # whatever is treated next is told of this one again
        return sys.monitoring.DISABLE

    def _subjects(self, frame: FrameType | None) -> frozenset[Subject]:
        """What is being treated by the code of this frame."""
        subjects = _treated.get()
        if self._anchors:
            anchors = {id(anchor): subject for subject, anchor in self._anchors.items()}
            while frame is not None:
                if id(frame) in anchors:
                    subjects |= {anchors[id(frame)]}
                frame = frame.f_back
        return subjects

    def _count(self, subjects: frozenset[Subject]) -> None:
        """Other messages than before: each instruction is told once more."""
        if subjects and subjects != self._counted:
            self._counted = subjects
            sys.monitoring.restart_events()

    def _reading(self, subject: object, frame: FrameType) -> None:
        """The code of a frame reads something of a subject, whoever called it."""
        if not isinstance(subject, Subject):
            return
        code = frame.f_code
        self._concern(subject, code, frame.f_globals)
        if id(code) in self._watched:
            self._ran[subject].add(self._watched[id(code)][1][frame.f_lasti // 2])
        if threading.current_thread() is not threading.main_thread():
            treated = _treated.get()
            if len(treated) < 2 and subject not in treated:
                _treated.set(frozenset({subject}))  # a worker: what it reads is what it treats
