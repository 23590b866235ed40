"""Which model a handler reads its events with: the shared one, or a smaller one on its first parameter."""

import inspect
from collections.abc import Callable
from typing import Any

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_common.schemas.events import ENVELOPES, PAYLOADS, AnyEvent, Event, EventPayload


class SubscriptionError(ConfigurationError):
    """A subscriber was put together wrongly; the message names the handler and the fix."""


def reader_of(handler: Callable[..., object], event_type: EventType) -> type[Event[Any]]:
    """The envelope class that the handler's messages are decoded with.

    The channel's shared class, unless the first parameter is annotated `Event[MyPayload]`.

    Raises:
        SubscriptionError: the annotation cannot be resolved, is no `Event`, or is another channel's.
    """
    shared = ENVELOPES[event_type]
    annotation = _first_annotation(handler)
    if annotation in {inspect.Parameter.empty, Any, Event, Event[Any], AnyEvent}:
        return shared
    if not (isinstance(annotation, type) and issubclass(annotation, Event)):
        raise SubscriptionError(
            f"{name_of(handler)} takes {_spell(annotation)}, but a handler takes the Event. Annotate "
            f"its first parameter as Event[{PAYLOADS[event_type].__name__}], or with a smaller model."
        )
    payload = annotation.model_fields["payload"].annotation
    if payload is PAYLOADS[event_type]:
        return shared
    if isinstance(payload, type) and issubclass(payload, EventPayload) and payload in PAYLOADS.values():
        raise SubscriptionError(
            f"{name_of(handler)} takes the event of {payload.event_type}, but is registered for {event_type}."
        )
    return annotation


def name_of(function: Callable[..., object]) -> str:
    """What to call it in a log."""
    return getattr(function, "__qualname__", type(function).__name__)


def _first_annotation(handler: Callable[..., object]) -> object:
    try:
        parameters = list(inspect.signature(handler, eval_str=True).parameters.values())
    except NameError as error:
        raise SubscriptionError(
            f"The annotations of {name_of(handler)} cannot be resolved: {error}. Define or import the model "
            "at the top of its module, outside `if TYPE_CHECKING`."
        ) from error
    if not parameters:
        raise SubscriptionError(f"{name_of(handler)} takes nothing, but a handler takes the Event.")
    return parameters[0].annotation


def _spell(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
