"""How an engine is made for each driver: pool, time-outs, PgBouncer, and errors that name the address."""

import contextlib
import re
from collections.abc import Callable
from threading import Thread
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from cartsnitch_common import urls
from cartsnitch_common.config import PREFIX, Settings
from cartsnitch_common.errors import DatabaseUnavailableError

APPLICATION_NAME: Final = "cartsnitch"

_NO_LIMIT: Final = 86_400.0  # seconds; SQLite takes 0 for no wait at all
_ENDED_WITHIN: Final = 10.0
_READS: Final = re.compile(
    r"\s*(SELECT|VALUES|EXPLAIN|PRAGMA|BEGIN|WITH(?!.*\b(INSERT|UPDATE|DELETE)\b))\b",
    re.IGNORECASE | re.DOTALL,
)


def make_engine(url: URL, settings: Settings) -> Engine:
    """An engine for synchronous code, set up by the settings; it connects at first use."""
    sync = urls.sync_url(url)
    engine = create_engine(sync, **_options(sync, settings))
    _prepare(engine, sync, settings)
    return engine


def make_async_engine(url: URL, settings: Settings) -> AsyncEngine:
    """An engine for asynchronous code, set up by the settings; it connects at first use."""
    target = urls.async_url(url)
    engine = create_async_engine(target, **_options(target, settings))
    _prepare(engine.sync_engine, target, settings)
    return engine


def close_now(driver_connection: Any) -> None:
    """End a driver's asynchronous connection at once, with or without a running loop."""
    with contextlib.suppress(Exception):
        if hasattr(driver_connection, "pgconn"):
            driver_connection.pgconn.finish()
        elif hasattr(driver_connection, "stop"):
            _stop(driver_connection)
        else:
            driver_connection.terminate()


def _stop(connection: Any) -> None:
    """End a connection of aiosqlite and its thread."""
    # Where there is an event loop, `stop` lets the thread answer to it, though it may be closed by then.
    stopper = Thread(target=connection.stop)
    stopper.start()
    stopper.join()
    connection._thread.join(_ENDED_WITHIN)


def _options(url: URL, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"echo": settings.debug, "hide_parameters": not settings.debug}
    if url.get_backend_name() == "sqlite":
        if "timeout" not in url.query:
            options["connect_args"] = {"timeout": settings.database_lock_timeout or _NO_LIMIT}
        in_memory = url.database in {None, "", ":memory:"}
        return options | ({"poolclass": StaticPool} if in_memory else {})
    options["connect_args"] = _CONNECT_ARGS[url.drivername](url, settings)
    if settings.database_pgbouncer:
        return options | {"poolclass": NullPool}
    return options | {
        "pool_pre_ping": True,
        "pool_size": settings.database_pool_size,
        "max_overflow": settings.database_max_overflow,
        "pool_timeout": settings.database_pool_timeout,
        "pool_recycle": settings.database_pool_recycle,
    }


def _psycopg(url: URL, settings: Settings) -> dict[str, Any]:
    arguments: dict[str, Any] = {"connect_timeout": settings.database_connect_timeout}
    arguments["application_name"] = url.query.get("application_name", APPLICATION_NAME)
    if settings.database_pgbouncer:
        return arguments | {"prepare_threshold": None}
    own = " ".join(f"-c {name}={value}" for name, value in _timeouts(settings).items())
    return arguments | {"options": f"{own} {url.query.get('options', '')}".strip()}


def _asyncpg(url: URL, settings: Settings) -> dict[str, Any]:
    arguments: dict[str, Any] = {"timeout": settings.database_connect_timeout}
    if settings.database_pgbouncer:
        return arguments | {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"__asyncpg_{uuid4()}__",
        }
    return arguments | {"server_settings": {"application_name": APPLICATION_NAME, **_timeouts(settings)}}


_CONNECT_ARGS: dict[str, Callable[[URL, Settings], dict[str, Any]]] = {
    urls.DEFAULT_DRIVER: _psycopg,
    "postgresql+asyncpg": _asyncpg,
}


def _timeouts(settings: Settings) -> dict[str, str]:
    seconds = {
        "statement_timeout": settings.database_statement_timeout,
        "lock_timeout": settings.database_lock_timeout,
        "idle_in_transaction_session_timeout": settings.database_idle_timeout,
    }
    return {name: str(round(value * 1000)) for name, value in seconds.items()}


def _prepare(engine: Engine, url: URL, settings: Settings) -> None:
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _as_postgres)
        event.listen(engine, "before_cursor_execute", _begin_before_a_change)
        return
    event.listen(engine, "do_connect", _explain_unreachable(url))
    if settings.database_pgbouncer:
        event.listen(engine, "begin", _limit_transaction(_timeouts(settings)))


def _as_postgres(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA case_sensitive_like = ON")


def _begin_before_a_change(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
    """Begin SQLite's transaction at the first statement that is no mere reading.

    The driver does so for plain INSERT, UPDATE and DELETE alone: a rollback would keep new tables, and what
    was done between a first SAVEPOINT and its release. Readings stay outside, as under READ COMMITTED: each
    sees what is committed by then, and none keeps others from committing.
    """
    driver = connection.connection.driver_connection
    autocommit = driver.isolation_level is None  # type: ignore[union-attr]
    if not (autocommit or driver.in_transaction or _READS.match(statement)):  # type: ignore[union-attr]
        cursor.execute("BEGIN IMMEDIATE")


def _limit_transaction(timeouts: dict[str, str]) -> Callable[[Connection], None]:
    # PgBouncer hands the server connection on after each transaction: the limits hold for this one only.
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in timeouts.items())

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT {calls}")

    return limit


def _explain_unreachable(url: URL) -> Callable[[Dialect, Any, Any, Any], Any]:
    def connect(dialect: Dialect, record: Any, arguments: Any, options: Any) -> Any:
        try:
            return dialect.connect(*arguments, **options)
        except (dialect.loaded_dbapi.Error, OSError) as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            if isinstance(url.password, str) and url.password:
                reason = reason.replace(url.password, "***")
            raise DatabaseUnavailableError(
                f"No database can be used at {urls.describe(url)}: {reason}. "
                f"Start it, or correct {PREFIX}DATABASE_URL."
            ) from error

    return connect
