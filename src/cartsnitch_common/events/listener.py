"""What both subscribers do: keep handlers and counts, listen, dispatch, and live through losses."""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, overload

from redis import exceptions

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import PayloadError
from cartsnitch_common.events.backoff import Backoff
from cartsnitch_common.events.codec import decode_as, decode_event
from cartsnitch_common.events.readers import (
    SubscriptionError,
    check_takes_event_alone,
    name_of,
    reader_of,
)
from cartsnitch_common.events.script import Script, Step
from cartsnitch_common.schemas.events import ENVELOPES, Event

log = logging.getLogger("cartsnitch_common.events")

POLL = 0.1
"""Seconds of silence after which a subscriber looks whether it was stopped."""
_LOST = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.InvalidResponse, OSError)
_REFUSED = (exceptions.AuthenticationError, exceptions.AuthorizationError)


@dataclass
class Stats:
    """Counts since the subscriber was made. Between two messages, received = handled + invalid + failed."""

    received: int = 0
    handled: int = 0
    invalid: int = 0
    failed: int = 0
    reconnects: int = 0


class Ready(Protocol):
    """The part of `threading.Event` and `asyncio.Event` that a listener uses."""

    def set(self) -> None: ...
    def clear(self) -> None: ...


@dataclass(frozen=True)
class _Subscription:
    handler: Callable[[Any], object]
    reader: type[Event[Any]]
    decode: Callable[[bytes], Event[Any]]


class Listener(ABC):
    """The core of `EventSubscriber` and `AsyncEventSubscriber`; they perform its script."""

    ready: Ready

    def __init__(
        self,
        *,
        on_invalid: Callable[[PayloadError], object] | None,
        on_error: Callable[[Event[Any], Exception], object] | None,
        on_reconnect: Callable[[], object] | None,
        backoff: Backoff,
        timeout: float,
        heartbeat: float,
    ) -> None:
        self.stats = Stats()
        self._subscriptions: dict[EventType, _Subscription] = {}
        self._on_invalid = on_invalid
        self._on_error = on_error
        self._on_reconnect = on_reconnect
        self._backoff = backoff
        self._timeout = timeout
        self._heartbeat = heartbeat
        self._failures = 0
        self._met = False
        self._started = False
        self._stopping = False

    @overload
    def on[H: Callable[[Any], object]](self, event_type: EventType | str) -> Callable[[H], H]: ...
    @overload
    def on[H: Callable[[Any], object]](self, event_type: EventType | str, handler: H) -> H: ...
    def on(self, event_type: EventType | str, handler: Callable[[Any], object] | None = None) -> object:
        """Have the channel's events handled, one handler to a channel; call it or decorate with it.

        A handler takes the event. If its first parameter is annotated `Event[MyPayload]`, with a smaller
        model of the service's own, the channel's messages are read with exactly that.

        Raises:
            SubscriptionError: the channel is unknown or taken, the handler demands more than the event or
                its annotation does not fit, or the subscriber runs already.
        """
        if handler is None:
            return partial(self.on, event_type)
        if event_type not in ENVELOPES:
            raise SubscriptionError(
                f"There is no channel {event_type!r}. Use one of: {', '.join(EventType)}."
            )
        channel = EventType(event_type)
        if channel in self._subscriptions:
            taken = name_of(self._subscriptions[channel].handler)
            raise SubscriptionError(f"{channel} is handled by {taken}. Call both from one handler.")
        if self._started:
            raise SubscriptionError(f"The subscriber runs already. Register for {channel} before run().")
        self._check(handler)
        check_takes_event_alone(handler)
        reader = reader_of(handler, channel)
        decode = decode_event if reader is ENVELOPES[channel] else partial(decode_as, envelope=reader)
        self._subscriptions[channel] = _Subscription(handler, reader, decode)
        return handler

    @property
    def readers(self) -> Mapping[EventType, type[Event[Any]]]:
        """Each subscribed channel's envelope class: what this service demands of the messages."""
        return {channel: subscription.reader for channel, subscription in self._subscriptions.items()}

    @property
    def handlers(self) -> Mapping[EventType, Callable[[Any], object]]:
        """Each subscribed channel's handler."""
        return {channel: subscription.handler for channel, subscription in self._subscriptions.items()}

    @abstractmethod
    def _check(self, function: Callable[..., object]) -> None:
        """Raises SubscriptionError where this twin cannot call the function."""

    @abstractmethod
    def _connect(self) -> Any:
        """A redis-py PubSub of either kind."""

    @abstractmethod
    def _disconnect(self, link: Any) -> Step:
        """The step that closes it."""

    @abstractmethod
    def _pause(self, seconds: float) -> Step:
        """The step that waits, until `stop()` at the longest."""

    def _script(self) -> Script:
        if not self._subscriptions:
            raise SubscriptionError("Nothing to listen to. Register a handler with on() before run().")
        if self._started:
            raise SubscriptionError("A subscriber runs once. Make another one to listen again.")
        self._started = True
        while not self._stopping:
            try:
                yield from self._session()
            except _LOST as error:
                for refused in (error, error.__cause__):  # asyncio wraps it
                    if isinstance(refused, _REFUSED):
                        raise refused from None
                delay = self._backoff.delay(self._failures)
                self._failures += 1
                log.warning(
                    "No connection to Redis (%s: %s). Trying again in %.2f s; what is published meanwhile is "
                    "missed.",
                    type(error).__name__,
                    error,
                    delay,
                )
                yield self._pause(delay)

    def _session(self) -> Script:
        link = self._connect()
        try:
            yield partial(link.subscribe, *self._subscriptions)
            yield from self._listen(link)
        finally:
            self.ready.clear()
            yield self._disconnect(link)

    def _listen(self, link: Any) -> Script:
        read = partial(link.get_message, timeout=POLL)
        unconfirmed = {channel.encode() for channel in self._subscriptions}
        asked = False
        heard = time.monotonic()
        while not self._stopping:
            try:
                message = yield read
            except exceptions.TimeoutError:
                message = None  # in the middle of a message: the next read goes on where this one was
            if message is None:
                silence = time.monotonic() - heard
                if unconfirmed or asked:
                    if silence > self._timeout:
                        raise exceptions.TimeoutError(f"no answer within {self._timeout:g} s")
                elif silence > self._heartbeat:
                    yield link.ping
                    asked, heard = True, time.monotonic()
                continue
            if message["type"] == "message":
                yield from self._deliver(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                unconfirmed.discard(message["channel"])
                if not unconfirmed:
                    yield from self._subscribed()
            asked, heard = False, time.monotonic()

    def _subscribed(self) -> Script:
        self._failures = 0
        self.ready.set()
        if self._met:
            self.stats.reconnects += 1
            log.warning("Connected to Redis again and subscribed.")
            if self._on_reconnect:
                yield from self._guarded(self._on_reconnect)
        self._met = True

    def _deliver(self, channel: str, raw: bytes) -> Script:
        self.stats.received += 1
        subscription = self._subscriptions[EventType(channel)]
        try:
            event = subscription.decode(raw)
            if event.event_type != channel:
                raise PayloadError(f"event_type: {event.event_type} arrived on another channel", raw=raw)
        except PayloadError as error:
            self.stats.invalid += 1
            log.warning("Invalid message on %s: %s", channel, error.reason)
            if self._on_invalid:
                yield from self._guarded(self._on_invalid, error)
            return
        try:
            yield self._handling(subscription.handler, event)
        except Exception as error:
            self.stats.failed += 1
            log.exception("%s failed on an event of %s", name_of(subscription.handler), channel)
            if self._on_error:
                yield from self._guarded(self._on_error, event, error)
        else:
            self.stats.handled += 1

    def _handling(self, handler: Callable[[Any], object], event: Event[Any]) -> Step:
        """The step that hands a decoded event to its handler."""
        return partial(handler, event)

    def _guarded(self, callback: Callable[..., object], *arguments: object) -> Script:
        try:
            yield partial(callback, *arguments)
        except Exception:
            log.exception("%s failed", name_of(callback))
