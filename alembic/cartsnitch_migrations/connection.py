"""The connection that a migration runs on, and the lock that lets only one run at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, NullPool, bindparam, create_engine, event, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from cartsnitch_common import urls
from cartsnitch_common.config import get_settings
from cartsnitch_common.errors import DatabaseUnavailableError, MigrationError

LOCK_KEY: Final = int.from_bytes(
    b"cartsnit"
)  # advisory locks belong to one database, and share one key space
WAIT: Final = 600.0
POLL: Final = 0.1
LOCK_NOT_AVAILABLE: Final = "55P03"  # PostgreSQL's SQLSTATE for a lock_timeout that has passed

# `transaction_timeout` is there from PostgreSQL 17 on.
_LIMITS = text(
    "SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN :lock_timeout ELSE '0' END, true) "
    "FROM pg_settings WHERE name IN "
    "('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')"
)


def postgres_url(url: str | URL) -> URL:
    """The URL for a synchronous driver.

    Raises:
        ConfigurationError: it is no database URL.
        MigrationError: it names another database than PostgreSQL.
    """
    parsed = urls.sync_url(urls.parse_database_url(url))
    if parsed.get_backend_name() != "postgresql":
        raise MigrationError(
            f"Migrations run on PostgreSQL, and this is {urls.describe(parsed)}. "
            "Tests on SQLite make the tables without them: Base.metadata.create_all(engine)."
        )
    return parsed


@contextmanager
def engine_for(url: str | URL, *, lock_timeout: float | None = None) -> Iterator[Engine]:
    """An engine without a pool, whose transactions give up on a table's lock after `lock_timeout` seconds.

    Without one, `CARTSNITCH_DATABASE_LOCK_TIMEOUT` counts; 0 means no limit. Who waits for a table makes all
    who come later wait too, so a migration gives up early; once it holds the lock it may take its time.
    """
    parsed = postgres_url(url)
    settings = get_settings()
    limit = settings.database_lock_timeout if lock_timeout is None else lock_timeout
    options = {
        "application_name": "cartsnitch-migrations",
        "connect_timeout": settings.database_connect_timeout,
        "prepare_threshold": None,  # PgBouncer in transaction mode would mix prepared statements up
    }
    engine = create_engine(
        parsed,
        poolclass=NullPool,
        connect_args={name: value for name, value in options.items() if name not in parsed.query},
    )

    @event.listens_for(engine, "begin")
    def set_limits(connection: Connection) -> None:
        connection.execute(_LIMITS, {"lock_timeout": str(round(limit * 1000))})

    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection.

    Raises:
        DatabaseUnavailableError: no server answers, or it does not let us in.
    """
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise DatabaseUnavailableError(
            f"No database can be reached at {urls.describe(engine.url)}: {_reason(error)}.\n"
            "See whether the server runs, and that CARTSNITCH_DATABASE_URL (or --url) names it, a database "
            "that exists, and a user who may log in."
        ) from None
    with connection:
        yield connection


@contextmanager
def alone(engine: Engine, *, wait: float = WAIT) -> Iterator[None]:
    """Keep every other migration of this database out until the block ends.

    The lock lies in a transaction of its own connection: so it outlasts each revision's transaction, holds
    behind PgBouncer, and never stays behind.

    Raises:
        MigrationError: another one still runs after `wait` seconds.
    """
    with connected(engine) as guard:
        take_turn(guard, wait=wait)
        yield


def take_turn(connection: Connection, *, wait: float = WAIT) -> None:
    """Wait for other migrations to end; the lock is kept until the connection's transaction ends.

    Raises:
        MigrationError: another one still runs after `wait` seconds.
    """
    external = connection.in_transaction()
    deadline = time.monotonic() + wait
    # Asking, not waiting: lock_timeout does not end it, and CREATE INDEX CONCURRENTLY need not wait for us.
    ask = select(func.pg_try_advisory_xact_lock(bindparam("key", LOCK_KEY)))
    while not connection.scalar(ask):
        if not external:
            connection.rollback()
        if time.monotonic() >= deadline:
            raise MigrationError(
                f"Another migration of this database is still running after {wait:g} seconds, and this one "
                "changed nothing. Run it again later; pg_stat_activity shows the other "
                "(application_name 'cartsnitch-migrations')."
            )
        time.sleep(POLL)


def explain(error: DBAPIError) -> MigrationError:
    """What a failed statement means for whoever migrates."""
    if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        return MigrationError(
            "A revision waited too long for a table that another transaction uses, and was rolled back: "
            f"{_reason(error)}.\n"
            "Run it again at a quieter time, end what holds the table (see pg_stat_activity), or wait "
            "longer: CARTSNITCH_DATABASE_LOCK_TIMEOUT, in seconds."
        )
    return MigrationError(f"A revision failed, and was rolled back: {_reason(error)}.")


def _reason(error: DBAPIError) -> str:
    """The first line alone: the rest may quote rows."""
    return next(iter(str(error.orig).splitlines()), type(error.orig).__name__).rstrip(".")
