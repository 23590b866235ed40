"""Sessions and engines, for synchronous and asynchronous code, from one URL.

    with session_scope() as session:                  # commits at the end, rolls back on an error
        session.add(Store(name="Meijer", slug="meijer"))

    @app.get("/stores")                               # FastAPI
    async def stores(session: Annotated[AsyncSession, Depends(get_async_session)]): ...

Every function takes a `url`; without one the settings tell (`CARTSNITCH_DATABASE_URL`). Engines are made once
per URL, asynchronous ones per event loop too, and connect at first use.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker

from cartsnitch_common.config import get_settings
from cartsnitch_common.engines import close_now, make_async_engine, make_engine
from cartsnitch_common.urls import parse_database_url

_lock = Lock()
_sync_engines: dict[URL, Engine] = {}
_async_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[URL, AsyncEngine]] = WeakKeyDictionary()
_async_connections: WeakSet[Any] = WeakSet()


def get_sync_engine(url: str | None = None) -> Engine:
    """The engine of this URL for synchronous code; the same one for the same URL.

    Raises:
        ConfigurationError: the URL cannot be understood.
        DatabaseUnavailableError: later, from the first use, when no server can be reached.
    """
    settings = get_settings()
    target = parse_database_url(url or settings.database_url_sync)
    with _lock:
        if target not in _sync_engines:
            _sync_engines[target] = make_engine(target, settings)
        return _sync_engines[target]


def get_async_engine(url: str | None = None) -> AsyncEngine:
    """The engine of this URL for the running event loop; the same one for the same URL and loop.

    Raises:
        RuntimeError: no event loop is running.
        ConfigurationError: the URL cannot be understood.
        DatabaseUnavailableError: later, from the first use, when no server can be reached.
    """
    settings = get_settings()
    target = parse_database_url(url or settings.database_url)
    loop = asyncio.get_running_loop()
    with _lock:
        engines = _async_engines.setdefault(loop, {})
        if target not in engines:
            engine = make_async_engine(target, settings)
            event.listen(engine.sync_engine, "connect", _remember)
            engines[target] = engine
        return engines[target]


def get_sync_session_factory(url: str | None = None) -> sessionmaker[Session]:
    """A factory of sessions; what they loaded stays readable after a commit."""
    return sessionmaker(get_sync_engine(url), expire_on_commit=False)


def get_async_session_factory(url: str | None = None) -> async_sessionmaker[AsyncSession]:
    """A factory of asynchronous sessions; what they loaded stays readable after a commit."""
    return async_sessionmaker(get_async_engine(url), expire_on_commit=False)


def _as_dependency[F: Callable[..., Any]](function: F) -> F:
    """Show FastAPI no parameters: it would let every caller of an endpoint choose the database's `url`."""
    function.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    return function


@_as_dependency
def get_sync_session(url: str | None = None) -> Generator[Session]:
    """Yield a session and close it; what was not committed is rolled back. Fits FastAPI's `Depends`."""
    with get_sync_session_factory(url)() as session:
        yield session


@_as_dependency
async def get_async_session(url: str | None = None) -> AsyncGenerator[AsyncSession]:
    """Yield an asynchronous session and close it; what was not committed is rolled back. Fits `Depends`."""
    async with get_async_session_factory(url)() as session:
        yield session


@contextmanager
def session_scope(url: str | None = None) -> Iterator[Session]:
    """A session that commits when the block ends and rolls back when it raises."""
    with get_sync_session_factory(url).begin() as session:
        yield session


@asynccontextmanager
async def async_session_scope(url: str | None = None) -> AsyncIterator[AsyncSession]:
    """An asynchronous session that commits when the block ends and rolls back when it raises."""
    async with get_async_session_factory(url).begin() as session:
        yield session


def dispose_engines() -> None:
    """End all engines of this process and their connections, also those of event loops that are gone.

    For a service's shutdown: a query still running on an asynchronous connection is cut off. The next
    `get_..._engine` makes a new engine. With asyncpg call it while the loop still runs, which its connections
    need to hang up.
    """
    with _lock:
        for engine in _sync_engines.values():
            engine.dispose()
        _sync_engines.clear()
        for connection in list(_async_connections):
            close_now(connection)
        _async_connections.clear()
        for engines in _async_engines.values():
            for async_engine in engines.values():
                async_engine.sync_engine.dispose(close=False)
        _async_engines.clear()


def _remember(connection: Any, record: Any) -> None:
    _async_connections.add(connection.driver_connection)
