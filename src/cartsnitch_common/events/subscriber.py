"""Receiving events.

    subscriber = EventSubscriber()       # at CARTSNITCH_REDIS_URL; or pass a client or a URL

    @subscriber.on(EventType.PRICES_UPDATED)
    def watch(event: Event[PricesUpdated]) -> None:
        ...

    signal.signal(signal.SIGTERM, lambda *_: subscriber.stop())
    subscriber.run()                     # until stop()

Redis pub/sub delivers to whoever listens at that moment and keeps nothing: what is published while a
subscriber is away, or disconnected by the server for being slow, is lost to it; catch up in `on_reconnect`.
"""

import asyncio
import inspect
import queue
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast, override

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from cartsnitch_common.config import get_settings
from cartsnitch_common.errors import PayloadError
from cartsnitch_common.events.backoff import Backoff
from cartsnitch_common.events.connection import own_async_client, own_client
from cartsnitch_common.events.listener import Listener
from cartsnitch_common.events.readers import SubscriptionError, name_of
from cartsnitch_common.events.script import Step, perform, perform_async
from cartsnitch_common.schemas.events import Event


class EventSubscriber(Listener):
    """Hands each event to its channel's handler, in order, one after the other, in the thread of `run()`.

    It outlives what goes wrong and counts it in `stats`:

    - a message that is malformed, unknown or not of its channel is logged with its reason (logger
      `cartsnitch_common.events`) and handed to `on_invalid`;
    - a handler's exception is logged and handed to `on_error` with the event;
    - a lost connection, also one that fell silent, is made anew after `backoff`, and all channels are
      subscribed again; then `on_reconnect` is called. Messages of the time between are lost.

    An exception in one of these callbacks is logged and nothing more.

    Args:
        source: a client, whose server and credentials are used on a connection of the subscriber's own, or a
            URL; `redis_url` of the settings unless given.
        timeout: seconds to connect or to await an answer; `redis_timeout` of the settings unless given.
        heartbeat: seconds of silence after which the server is asked whether it is still there.
        sleep: waits between attempts to connect; unless given, `stop()` interrupts the wait.

    Attributes:
        ready: set while all channels are subscribed.
        stats: what was received, handled, invalid, failed, and how often the connection was made anew.
    """

    ready: threading.Event

    def __init__(
        self,
        source: Redis | str | None = None,
        *,
        on_invalid: Callable[[PayloadError], object] | None = None,
        on_error: Callable[[Event[Any], Exception], object] | None = None,
        on_reconnect: Callable[[], object] | None = None,
        backoff: Backoff | None = None,
        timeout: float | None = None,
        heartbeat: float = 30.0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        patience = get_settings().redis_timeout if timeout is None else timeout
        super().__init__(
            on_invalid=on_invalid,
            on_error=on_error,
            on_reconnect=on_reconnect,
            backoff=backoff or Backoff(),
            timeout=patience,
            heartbeat=heartbeat,
        )
        for callback in (on_invalid, on_error, on_reconnect):
            if callback:
                self._check(callback)
        self.ready = threading.Event()
        self._client = own_client(get_settings().redis_url if source is None else source, patience)
        self._sleep = sleep or self._wait
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    def run(self) -> None:
        """Listen until `stop()`; a subscriber runs once, and not at all if it was stopped before.

        Raises:
            SubscriptionError: there is no handler, or it ran before.
            redis.AuthenticationError, redis.ResponseError: the server refuses the credentials or a channel.
        """
        perform(self._script())

    def stop(self) -> None:
        """End `run()` after the handler in flight. Safe from any thread, handler or signal handler."""
        self._stopping = True
        # SimpleQueue.put may interrupt itself, as a signal handler does; Event.set may not.
        self._wake.put(None)

    @override
    def _check(self, function: Callable[..., object]) -> None:
        if _is_async(function):
            raise SubscriptionError(
                f"{name_of(function)} is a coroutine function. Use AsyncEventSubscriber, or a plain function."
            )

    @override
    def _connect(self) -> Any:
        return self._client.pubsub()  # type: ignore[no-untyped-call]

    @override
    def _disconnect(self, link: Any) -> Step:
        return cast("Step", link.close)

    @override
    def _pause(self, seconds: float) -> Step:
        return partial(self._sleep, seconds)

    def _wait(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._wake.get(timeout=seconds)


class AsyncEventSubscriber(Listener):
    """`EventSubscriber` for asyncio: handlers and callbacks are coroutine functions or plain quick ones.

    `run()` is a coroutine; cancelling it cancels the handler in flight and closes the connection.
    """

    ready: asyncio.Event

    def __init__(
        self,
        source: AsyncRedis | str | None = None,
        *,
        on_invalid: Callable[[PayloadError], object] | None = None,
        on_error: Callable[[Event[Any], Exception], object] | None = None,
        on_reconnect: Callable[[], object] | None = None,
        backoff: Backoff | None = None,
        timeout: float | None = None,
        heartbeat: float = 30.0,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        patience = get_settings().redis_timeout if timeout is None else timeout
        super().__init__(
            on_invalid=on_invalid,
            on_error=on_error,
            on_reconnect=on_reconnect,
            backoff=backoff or Backoff(),
            timeout=patience,
            heartbeat=heartbeat,
        )
        self.ready = asyncio.Event()
        self._client = own_async_client(get_settings().redis_url if source is None else source, patience)
        self._sleep = sleep or self._wait
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """As `EventSubscriber.run`."""
        self._loop = asyncio.get_running_loop()
        await perform_async(self._script())

    def stop(self) -> None:
        """End `run()` after the handler in flight. Safe from any thread, handler or signal handler."""
        self._stopping = True
        if self._loop:
            with suppress(RuntimeError):  # the loop is closed, so nothing runs
                self._loop.call_soon_threadsafe(self._wake.set)

    @override
    def _check(self, function: Callable[..., object]) -> None:
        """Either kind of function will do."""

    @override
    def _connect(self) -> Any:
        return self._client.pubsub()

    @override
    def _disconnect(self, link: Any) -> Step:
        return cast("Step", link.aclose)

    @override
    def _pause(self, seconds: float) -> Step:
        return partial(self._sleep, seconds)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)


def _is_async(function: Callable[..., object]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004
    )
