"""Events on their way to the service's handlers."""

import functools
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from inspect import isawaitable, unwrap
from types import FunctionType
from typing import Any, Final

from cartsnitch_common.events.codec import decode_as, decode_event
from cartsnitch_common.events.listener import Listener
from cartsnitch_common.events.script import Step
from cartsnitch_common.schemas.events import Event, EventPayload
from cartsnitch_contracts.diff.describe import leaves
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.export import schema_of
from cartsnitch_contracts.service.recording.executed import Executed
from cartsnitch_contracts.service.recording.models import is_shared, origin, seal
from cartsnitch_contracts.service.recording.notes import Notes, Subject

type Handler = Callable[..., object]

_DECODING: Final = (decode_event.__code__, decode_as.__code__)
_IN_BETWEEN: Final = ("pydantic.", "cartsnitch_contracts.service.recording.")


class Deliveries:
    """Notes what handlers read of events.

    Args:
        notes: where reads go.
        executed: is told while an event is treated.
        consumes: the channels whose events count also where the service's code decodes them itself.
    """

    def __init__(self, notes: Notes, executed: Executed, consumes: Iterable[str] = ()) -> None:
        self._notes = notes
        self._executed = executed
        self._consumes = frozenset(map(str, consumes))

    def of(self, handler: Handler, event: Event[Any], *arguments: Any, **named: Any) -> object:
        """Call the handler; returns what it returns, or awaits.

        An event that is decoded with a model of the service's own is left alone: the model says what is read.
        """
        subject = Subject("consumes", str(event.event_type).removeprefix(PREFIX))
        if not is_shared(type(event)):
            if any(self._notes.code.owns(each.__code__) for each in _functions(handler)):
                self._notes.met(subject)
                self._notes.parsed(subject, _schema(type(event)))
            return handler(event, *arguments, **named)
        self._notes.met(subject)
        for function in _functions(handler):
            self._executed.entered(subject, function.__code__, function.__globals__)
        seal(event, self._notes, subject)
        with self._executed.treating(subject):
            result = handler(event, *arguments, **named)
        return self._awaited(subject, result) if isawaitable(result) else result

    def made(self, value: Any) -> None:
        """Somebody made this of data: an event, or its payload, where the service's code did so.

        Of a model of the service's own, all of its fields count.
        """
        for each in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(each, Event | EventPayload) or origin(each) is not None:
                continue
            if each.event_type not in self._consumes or self._notes.code.reader() is None:
                continue
            if not _is_for_this_package():
                self._decoded(each)

    def _decoded(self, value: Event[Any] | EventPayload) -> None:
        subject = Subject("consumes", str(value.event_type).removeprefix(PREFIX))
        self._notes.met(subject)
        self._executed.answered(subject)
        path = () if isinstance(value, Event) else ("payload",)
        if is_shared(type(value)):
            seal(value, self._notes, subject, path)
            return
        for place in leaves(schema_of(type(value), "validation")):
            if path or place[:1] == ("payload",):
                self._notes.read(subject, (*path, *place), whole=True)

    async def _awaited(self, subject: Subject, result: Awaitable[object]) -> object:
        with self._executed.treating(subject):
            return await result


@contextmanager
def deliveries_seen(deliveries: Deliveries) -> Iterator[None]:
    """Have what subscribers hand to their handlers told while the block runs."""
    kept = Listener._handling

    def handling(_: Listener, handler: Handler, event: Event[Any]) -> Step:
        return functools.partial(deliveries.of, handler, event)

    Listener._handling = handling  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Listener._handling = kept  # type: ignore[method-assign]


@functools.cache
def _schema(envelope: type[Event[Any]]) -> dict[str, Any]:
    return schema_of(envelope, "validation")


def _is_for_this_package() -> bool:
    """Whether this package made it for itself, to hand it to a handler or to publish it."""
    frame = sys._getframe(2)
    while frame.f_back is not None and (
        frame.f_code in _DECODING or frame.f_globals.get("__name__", "").startswith(_IN_BETWEEN)
    ):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).startswith("cartsnitch_common.")


def _functions(handler: Any) -> Iterator[FunctionType]:
    """The functions that a handler is made of, whatever kind of callable it is."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    handler = unwrap(handler)
    function = getattr(handler, "__func__", handler)
    if not isinstance(function, FunctionType):
        function = getattr(type(function), "__call__", None)  # noqa: B004 - its code is wanted
    if isinstance(function, FunctionType):
        yield function
