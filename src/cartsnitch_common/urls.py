"""Database URLs: any usual spelling in, the platform's driver out.

One URL serves sync and async code, because psycopg 3 does both. `asyncpg` is kept where a URL names it.
"""

from typing import TYPE_CHECKING

from cartsnitch_common.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DEFAULT_DRIVER = "postgresql+psycopg"
SHAPE = "postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"

_ASYNC_DRIVERS = {"postgresql+asyncpg", "sqlite+aiosqlite"}


def parse_database_url(url: "str | URL") -> "URL":
    """The URL with a driver that this package ships: `postgres://` and other drivers' names are understood.

    Raises:
        ConfigurationError: it is no database URL, or names another database than PostgreSQL (or SQLite, for
            tests). The message never repeats the URL, which may hold a password.
    """
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - who uses the event bus alone needs none of it
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(f"That is not a database URL. Write it as {SHAPE}.") from None
    except ValueError:
        raise ConfigurationError(
            f"The port of that database URL is not a number. Write it as {SHAPE}."
        ) from None
    backend = parsed.drivername.partition("+")[0]
    if parsed.drivername in _ASYNC_DRIVERS or backend == "sqlite":
        return parsed
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername=DEFAULT_DRIVER)
    raise ConfigurationError(
        f"The database URL names {backend!r}, and CartSnitch runs on PostgreSQL. Write it as {SHAPE}."
    )


def sync_url(url: "URL") -> "URL":
    """The same database for synchronous code: asyncpg gives way to psycopg, aiosqlite to sqlite3."""
    return {
        "postgresql+asyncpg": lambda: _without_asyncpg_options(url),
        "sqlite+aiosqlite": lambda: url.set(drivername="sqlite"),
    }.get(url.drivername, lambda: url)()


def _without_asyncpg_options(url: "URL") -> "URL":
    """asyncpg calls `sslmode` `ssl`; its other options mean nothing to libpq."""
    mode = url.query.get("ssl")
    kept = url.difference_update_query([name for name in url.query if name not in {"host", "port"}])
    renamed = kept.update_query_dict({"sslmode": mode}) if isinstance(mode, str) else kept
    return renamed.set(drivername=DEFAULT_DRIVER)


def async_url(url: "URL") -> "URL":
    """The same database for asynchronous code; psycopg serves both, sqlite3 gives way to aiosqlite."""
    return url.set(drivername="sqlite+aiosqlite") if url.get_backend_name() == "sqlite" else url


def describe(url: "URL") -> str:
    """Host, port and database for messages and logs; never user name or password."""
    if url.get_backend_name() == "sqlite":
        return f"SQLite {url.database or ':memory:'}"
    host = url.host or url.query.get("host") or "the default socket"
    port = url.port or url.query.get("port") or 5432
    return f"PostgreSQL {host}, port {port}, database {url.database or '(unset)'}"
