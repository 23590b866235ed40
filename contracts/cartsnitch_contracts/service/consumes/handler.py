"""The function that a service names for a channel, and what it reads its messages with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from typing import Any

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import ConfigurationError, PayloadError
from cartsnitch_common.events import AsyncEventSubscriber, EventSubscriber, decode_as, decode_event
from cartsnitch_common.events.readers import demands, reader_of, signature_of
from cartsnitch_common.schemas.events import ENVELOPES, Event


@dataclass(frozen=True)
class Handler:
    """What takes a channel's events.

    Attributes:
        place: as the declaration names it: `stickershock.handlers:on_prices_updated`.
        channel: whose events it takes.
        function: called with the event and its parameters.
        reader: the envelope class that its messages are decoded with.
        parameters: the names of its further parameters without a default; none where a subscriber calls it.
    """

    place: str
    channel: EventType
    function: Callable[..., Any]
    reader: type[Event[Any]]
    parameters: tuple[str, ...]

    def decode(self, raw: bytes) -> Event[Any]:
        """The event as a subscriber decodes it for this handler.

        Raises:
            PayloadError: its reader refuses the message.
        """
        event: Event[Any]
        shared = self.reader is ENVELOPES[self.channel]
        event = decode_event(raw) if shared else decode_as(raw, self.reader)
        if event.event_type != self.channel:
            raise PayloadError(f"event_type: {event.event_type} arrived on another channel", raw=raw)
        return event


def find_handler(place: str, channel: EventType) -> Handler:
    """The handler at a place: a function, a method or an object to call, or the subscriber that has it.

    Raises:
        ConfigurationError: it is not there, cannot be imported, or cannot be called with an event.
    """
    found = _find(place)
    called_by_subscriber = isinstance(found, EventSubscriber | AsyncEventSubscriber)
    if called_by_subscriber:
        if channel not in found.handlers:
            known = ", ".join(found.handlers) or "none"
            raise ConfigurationError(
                f"{place} is a subscriber without a handler of {channel}, but: {known}. Call its on()."
            )
        found = found.handlers[channel]
    if isinstance(found, type):
        raise ConfigurationError(
            f"{place} is a class. Name a function, a method of an instance, or an instance."
        )
    if not callable(found):
        raise ConfigurationError(
            f"{place} is no function, but {type(found).__name__}. Name what takes the event."
        )
    reader = reader_of(found, channel)
    if next(iter(signature_of(found).parameters)) == "self":
        raise ConfigurationError(f"{place} is a method without its object. Name one of an instance.")
    return Handler(place, channel, found, reader, () if called_by_subscriber else _further(found))


def _further(function: Callable[..., Any]) -> tuple[str, ...]:
    """What it demands beside the event: a decorator may give that, or hand on what it is given."""
    own = signature_of(function, follow_wrapped=False)
    hands_on = any(each.kind is each.VAR_KEYWORD for each in own.parameters.values())
    return demands(signature_of(function) if hands_on else own)


def _find(place: str) -> Any:
    module, _, path = place.partition(":")
    try:
        imported = import_module(module)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".removesuffix(".")
        raise ConfigurationError(
            f"{place} cannot be imported: {reason}. Correct its name, or the module."
        ) from error
    try:
        return reduce(getattr, path.split("."), imported)
    except AttributeError as error:
        raise ConfigurationError(f"{place} is not there: {error}.") from None
