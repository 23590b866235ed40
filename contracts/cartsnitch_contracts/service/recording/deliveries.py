"""Events on their way to the service's handlers."""

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from inspect import isawaitable, unwrap
from types import FunctionType
from typing import Any

from cartsnitch_common.events.listener import Listener
from cartsnitch_common.events.script import Step
from cartsnitch_common.schemas.events import Event
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.service.recording.executed import Executed
from cartsnitch_contracts.service.recording.models import is_shared, seal
from cartsnitch_contracts.service.recording.notes import Notes, Subject

type Handler = Callable[..., object]


class Deliveries:
    """Notes what handlers read of events.

    Args:
        notes: where reads go.
        executed: is told while an event is treated.
    """

    def __init__(self, notes: Notes, executed: Executed) -> None:
        self._notes = notes
        self._executed = executed

    def of(self, handler: Handler, event: Event[Any], *arguments: Any, **named: Any) -> object:
        """Call the handler; returns what it returns, or awaits.

        An event that is decoded with a model of the service's own is left alone: the model says what is read.
        """
        if not is_shared(type(event)):
            return handler(event, *arguments, **named)
        subject = Subject("consumes", str(event.event_type).removeprefix(PREFIX))
        self._notes.met(subject)
        for function in _functions(handler):
            self._executed.entered(subject, function.__code__, function.__globals__)
        seal(event, self._notes, subject)
        with self._executed.treating(subject):
            result = handler(event, *arguments, **named)
        return self._awaited(subject, result) if isawaitable(result) else result

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
