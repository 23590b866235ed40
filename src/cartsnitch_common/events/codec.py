"""Events to bytes and back: a writer is strict, a reader is tolerant.

raw = encode_event("cartsnitch.coupons.updated", "clipartist", payload)
decode_event(raw).payload.store_slug
decode_as(raw, Event[JustTheStore])     # only what this reader's own model names is validated
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaSerializer

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import PayloadError
from cartsnitch_common.events.reasons import explain, quote
from cartsnitch_common.schemas.base import WRITING
from cartsnitch_common.schemas.events import PAYLOADS, AnyEvent, Event, EventPayload


class _Channel(NamedTuple):
    payload: type[EventPayload]
    serializer: SchemaSerializer
    head: bytes


_CHANNELS: Final = {
    str(event_type): _Channel(
        payload,
        payload.__pydantic_serializer__,
        b'{"event_type":"%s","timestamp":"' % event_type.encode(),
    )
    for event_type, payload in PAYLOADS.items()
}
_SERVICES: Final = {str(service): b'","service":"%s","payload":' % service.encode() for service in Service}


def encode_event(
    event_type: EventType | str,
    service: Service | str,
    payload: EventPayload | Mapping[str, Any],
    *,
    timestamp: datetime | None = None,
) -> bytes:
    """The message of an event: JSON with exactly `event_type`, `timestamp`, `service` and `payload`.

    `payload` is an instance of the channel's class or a mapping; it is validated as a writer's: fields and
    enum values that the contract does not know are refused, at any depth. `timestamp` is now unless given.

    Raises:
        PayloadError: the channel, the service or a field is not of the contract; the message says which.
    """
    channel = _CHANNELS.get(event_type)
    if channel is None:
        raise PayloadError(f"There is no channel {quote(event_type)}. Use one of: {', '.join(_CHANNELS)}.")
    middle = _SERVICES.get(service) or _SERVICES[known_service(service)]
    return b"".join((channel.head, _moment(timestamp), middle, _payload(channel, payload), b"}"))


def known_service(service: Service | str) -> Service:
    """The service of this name.

    Raises:
        PayloadError: there is none.
    """
    if service not in _SERVICES:
        raise PayloadError(f"There is no service {quote(service)}. Use one of: {', '.join(_SERVICES)}.")
    return Service(service)


def _moment(timestamp: datetime | None) -> bytes:
    if timestamp is None:
        timestamp = datetime.now(UTC)
    elif timestamp.utcoffset() is None:
        raise PayloadError("An event's timestamp needs a time zone: use datetime.now(UTC).")
    else:
        timestamp = timestamp.astimezone(UTC)
    return timestamp.isoformat().encode()[:-6] + b"Z"


def _payload(channel: _Channel, payload: EventPayload | Mapping[str, Any]) -> bytes:
    cls, name = channel.payload, channel.payload.event_type
    if not isinstance(payload, cls | dict):
        if not isinstance(payload, Mapping):
            raise PayloadError(
                f"{name} carries {cls.__name__}, not {type(payload).__name__}. "
                f"Pass an instance of {cls.__name__} or a mapping of its fields."
            )
        payload = dict(payload)
    try:
        checked = cls.model_validate(payload, extra="forbid", context=WRITING)
    except ValidationError as error:
        raise PayloadError(
            f"{name} cannot be published: {explain(error)}. "
            f"Send the fields of {cls.__name__}, and only values that it knows."
        ) from None
    return channel.serializer.to_json(checked)


@cache
def _any_event() -> TypeAdapter[AnyEvent]:
    return TypeAdapter(AnyEvent)


def decode_event(raw: bytes | str) -> AnyEvent:
    """The event in a message; fields that this version does not know are ignored.

    Raises:
        PayloadError: the message is not JSON or not an event of a known channel; `reason` is one line and
            names the field, `raw` holds the message.
    """
    try:
        return _any_event().validate_json(raw)
    except ValidationError as error:
        raise _unreadable(raw, explain(error)) from None


def decode_as[E: Event[Any]](raw: bytes | str, envelope: type[E]) -> E:
    """The event in a message, read with an envelope of the reader's own, like `Event[MyPayload]`.

    Raises:
        PayloadError: the message does not fit; also where a validator of the reader's model breaks.
    """
    try:
        return envelope.model_validate_json(raw)
    except ValidationError as error:
        raise _unreadable(raw, explain(error)) from None
    except Exception as error:
        raise _unreadable(raw, f"a validator of {envelope.__name__} raised {type(error).__name__}") from error


def _unreadable(raw: bytes | str, reason: str) -> PayloadError:
    return PayloadError(reason, raw=raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)
