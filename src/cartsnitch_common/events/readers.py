"""Which model a handler reads its events with: the shared one, or a smaller one on its first parameter."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_common.schemas.events import ENVELOPES, PAYLOADS, AnyEvent, Event, EventPayload

_BY_POSITION: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ANY: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_TAKES_NOTHING: Final = "{} takes nothing, but a handler takes the Event."


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


def check_takes_event_alone(handler: Callable[..., object]) -> None:
    """A handler is called with the event and nothing else, whatever it wraps.

    Raises:
        SubscriptionError: it has no place for the event, or demands more.
    """
    signature = signature_of(handler, follow_wrapped=False)
    try:
        signature.bind(None)
    except TypeError:
        demanded = ", ".join(f"'{name}'" for name in demands(signature))
        if not demanded:
            raise SubscriptionError(_TAKES_NOTHING.format(name_of(handler))) from None
        raise SubscriptionError(
            f"{name_of(handler)} demands {demanded}, which a subscriber cannot give: it calls handlers with "
            "the event alone. Give it a default, or bind it (functools.partial)."
        ) from None


def demands(signature: inspect.Signature) -> tuple[str, ...]:
    """The names of the parameters that an event alone leaves without a value."""
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].kind in _BY_POSITION:
        del parameters[0]
    return tuple(each.name for each in parameters if each.default is each.empty and each.kind not in _ANY)


def signature_of(function: Callable[..., object], **how: bool) -> inspect.Signature:
    """What it takes; a builtin that does not tell may take anything."""
    try:
        return inspect.signature(function, **how)  # type: ignore[arg-type]  # flags alone
    except ValueError:
        if isinstance(function, partial):  # of arguments that do not fit
            raise
        return inspect.Signature([inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL)])


def name_of(function: Callable[..., object]) -> str:
    """What to call it in a log."""
    return getattr(function, "__qualname__", type(function).__name__)


def _first_annotation(handler: Callable[..., object]) -> object:
    try:
        parameters = list(signature_of(handler, eval_str=True).parameters.values())
    except NameError as error:
        raise SubscriptionError(
            f"The annotations of {name_of(handler)} cannot be resolved: {error}. Define or import the model "
            "at the top of its module, outside `if TYPE_CHECKING`."
        ) from error
    if not parameters:
        raise SubscriptionError(_TAKES_NOTHING.format(name_of(handler)))
    return parameters[0].annotation


def _spell(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
