"""What a handler runs in when its promises are checked: the servers of the test that is the promise."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final

import pytest

from cartsnitch_contracts import text
from cartsnitch_pytest.promises.keys import entries_by_key

if TYPE_CHECKING:
    import redis
    from sqlalchemy import Engine

    from cartsnitch_common.constants import EventType
    from cartsnitch_common.schemas.events import Event

POLL: Final = 0.005
WITHIN: Final = 10.0
"""Seconds after which a subscriber that takes no further message has failed."""


@pytest.fixture
def cartsnitch_surroundings(
    request: pytest.FixtureRequest,
    service_environment: Mapping[str, str],
    db_engine: "Engine",
    redis_client: "redis.Redis",
    redis_url: str,
) -> "Iterator[PromiseServers]":
    """A migrated database, an empty Redis, and the service's settings that lead there."""
    servers = PromiseServers(db_engine, redis_client, redis_url, _runner(request))
    yield servers
    servers.close()


def _runner(request: pytest.FixtureRequest) -> asyncio.Runner:
    """What coroutines run with: that of pytest-asyncio, where the service's asynchronous fixtures run."""
    try:
        runner: asyncio.Runner = request.getfixturevalue("_function_scoped_runner")
    except pytest.FixtureLookupError:
        runner = asyncio.Runner()
        request.addfinalizer(runner.close)
    return runner


class PromiseServers:
    """The `Surroundings` of a promise."""

    def __init__(self, engine: "Engine", client: "redis.Redis", url: str, runner: asyncio.Runner) -> None:
        from cartsnitch_fixtures.servers.recorded import RecordedMessages  # noqa: PLC0415

        self._engine = engine
        self._client = client
        self._url = url
        self._runner = runner
        self._recorded = RecordedMessages(client)
        self._published: list[str] = []

    def close(self) -> None:
        """Stop listening."""
        self._recorded.close()

    def reset(self) -> None:
        """Nothing is stored, on Redis or heard of any more."""
        from sqlalchemy import delete  # noqa: PLC0415

        from cartsnitch_common.models import Base  # noqa: PLC0415

        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))
        self._client.flushdb()
        self._recorded.take()
        self._published.clear()

    def arrange(self, event: Mapping[str, Any]) -> Sequence[str]:
        """Store the rows that an event refers to; returns their tables."""
        from sqlalchemy.orm import Session  # noqa: PLC0415

        from cartsnitch_fixtures.factories import referred_rows  # noqa: PLC0415

        rows = referred_rows(event)
        with Session(self._engine) as session, session.begin():
            session.add_all(rows)
        return list(dict.fromkeys(row.__tablename__ for row in rows))

    def call(
        self, function: Callable[..., Any], event: "Event[Any]", arguments: Mapping[str, object]
    ) -> None:
        """Call a handler, and await what it returns; its sessions are committed, or rolled back on error."""
        try:
            self._finish(function(event, **arguments))
        except BaseException:
            self._settle(arguments, "rollback")
            raise
        self._settle(arguments, "commit")

    def rows(self) -> Mapping[str, Sequence[str]]:
        """All rows by table, each as text, in a fixed order; without timestamps."""
        from sqlalchemy import DateTime, select  # noqa: PLC0415

        from cartsnitch_common.models import Base  # noqa: PLC0415
        from cartsnitch_common.models.types import UtcDateTime  # noqa: PLC0415

        found = {}
        with self._engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                columns = [each for each in table.c if not isinstance(each.type, DateTime | UtcDateTime)]
                rows = connection.execute(select(*columns)).mappings()
                found[table.name] = sorted(
                    ", ".join(f"{name}={value}" for name, value in row.items()) for row in rows
                )
        return found

    def keys(self) -> Mapping[str, Sequence[str]]:
        """What Redis holds by type and key: each entry as text, without moments and expiry."""
        return entries_by_key(self._client, time.time())

    def published(self) -> Sequence[str]:
        """What was published since the reset, each as text, in a fixed order; without timestamps."""
        for channel, raw in self._recorded.take():
            try:
                event = text.loads(raw)
                event.pop("timestamp", None)
            except (ValueError, RecursionError, AttributeError):
                event = raw
            self._published.append(f"{channel} {event}")
        return sorted(self._published)

    def subscribe(
        self,
        function: Callable[..., Any],
        channel: "EventType",
        messages: Sequence[bytes],
        arguments: Mapping[str, object],
    ) -> int:
        """Run a real subscriber with the handler while the messages are sent; returns how many it took."""
        from cartsnitch_common.events import AsyncEventSubscriber, EventSubscriber  # noqa: PLC0415

        handler = partial(function, **arguments) if arguments else function
        told = partial(self._tell, channel, messages)
        subscriber: AsyncEventSubscriber | EventSubscriber
        try:
            if _is_async(function):
                subscriber = AsyncEventSubscriber(self._url)
                subscriber.on(channel, handler)
                self._run_beside(told, subscriber, partial(self._runner.run, _awaited(subscriber.run())))
            else:
                subscriber = EventSubscriber(self._url)
                subscriber.on(channel, handler)
                self._run_beside(told, subscriber, subscriber.run)
        finally:
            self._settle(arguments, "rollback")
        return subscriber.stats.received

    def _tell(self, channel: str, messages: Sequence[bytes], subscriber: Any) -> None:
        """Publish, and stop the subscriber once it took everything, or does not go on."""
        deadline = time.monotonic() + WITHIN
        while not subscriber.ready.is_set() and time.monotonic() < deadline:
            time.sleep(POLL)
        for message in messages:
            self._client.publish(channel, message)
        while subscriber.stats.received < len(messages) and time.monotonic() < deadline:
            if not subscriber.ready.is_set():  # it ended
                break
            time.sleep(POLL)
        subscriber.stop()

    def _run_beside(self, tell: Callable[[Any], None], subscriber: Any, run: Callable[[], object]) -> None:
        """Run the subscriber in this thread, where the handler's sessions are, and tell it from another."""
        telling = threading.Thread(target=tell, args=(subscriber,), daemon=True)
        telling.start()
        try:
            run()
        finally:
            telling.join()

    def _finish(self, result: Any) -> None:
        if isawaitable(result):
            self._runner.run(_awaited(result))

    def _settle(self, arguments: Mapping[str, object], how: str) -> None:
        """What the owner of a session does after each event; the next one finds no loaded row."""
        from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415
        from sqlalchemy.orm import Session  # noqa: PLC0415

        for argument in arguments.values():
            if isinstance(argument, Session | AsyncSession):
                self._finish(getattr(argument, how)())
                argument.expunge_all()


async def _awaited(result: Any) -> Any:
    return await result


def _is_async(function: Callable[..., Any]) -> bool:
    return iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
