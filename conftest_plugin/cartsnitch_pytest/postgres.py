"""Fixtures on a real, migrated Postgres: a URL, engines and sessions that see the same database."""

import base64
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cartsnitch_pytest.extra import require_testing_extra

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
    from sqlalchemy.orm import Session

    from cartsnitch_fixtures.servers.engines import WarmEngines
    from cartsnitch_fixtures.servers.isolation import SharedDatabase
    from cartsnitch_fixtures.servers.postgres import PostgresServer

KEYS_VARIABLE = "CARTSNITCH_ENCRYPTION_KEYS"


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[PostgresServer]":
    """A running Postgres of this run's own (under xdist of each worker's); it lends further databases."""
    require_testing_extra("postgres_server")
    from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS  # noqa: PLC0415

    with POSTGRES_BACKENDS["embedded"]() as server:
        yield server


@pytest.fixture
def database_url(_cartsnitch_database: "SharedDatabase", _cartsnitch_encryption_keys: None) -> Iterator[str]:
    """A migrated database of this test's own, without rows; commit, connect and LISTEN at will."""
    with _cartsnitch_database.lend() as url:
        yield url


@pytest.fixture
def db_engine(database_url: str, _cartsnitch_engines: "WarmEngines") -> "Iterator[Engine]":
    """An engine on the test's database, warm from test to test."""
    with _cartsnitch_engines.sync(database_url) as engine:
        yield engine


@pytest.fixture
def db_session(db_engine: "Engine") -> "Iterator[Session]":
    """A session on the test's database; what it loaded stays readable after a commit."""
    from sqlalchemy.orm import Session  # noqa: PLC0415

    with Session(db_engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def async_db_engine(database_url: str, _cartsnitch_engines: "WarmEngines") -> "Iterator[AsyncEngine]":
    """An asynchronous engine on the test's database; it connects in whichever loop the test runs."""
    with _cartsnitch_engines.asynchronous(database_url) as engine:
        yield engine


@pytest.fixture
def async_db_session(async_db_engine: "AsyncEngine") -> "AsyncSession":
    """An asynchronous session on the test's database; what it loaded stays readable after a commit."""
    from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415

    return AsyncSession(async_db_engine, expire_on_commit=False)  # the engine's fixture ends its connection


@pytest.fixture(scope="session")
def _cartsnitch_database(postgres_server: "PostgresServer") -> "Iterator[SharedDatabase]":
    from cartsnitch_fixtures.servers.isolation import SharedDatabase  # noqa: PLC0415

    database = SharedDatabase(postgres_server)
    yield database
    database.close()


@pytest.fixture(scope="session")
def _cartsnitch_engines(_cartsnitch_database: "SharedDatabase") -> "Iterator[WarmEngines]":
    from cartsnitch_fixtures.servers.engines import WarmEngines  # noqa: PLC0415

    engines = WarmEngines()
    yield engines
    engines.close()


@pytest.fixture
def _cartsnitch_encryption_keys() -> Iterator[None]:
    """A key of this test's own where none is configured, so that accounts' `session_data` can be written."""
    if os.environ.get(KEYS_VARIABLE):
        yield
        return
    from cartsnitch_common.config import get_settings  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEYS_VARIABLE, base64.b64encode(os.urandom(32)).decode())
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()
