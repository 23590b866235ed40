"""Fixtures on a migrated Postgres: a URL, engines and sessions that see the same database."""

import base64
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cartsnitch_pytest.choice import chosen, postgres_options
from cartsnitch_pytest.extra import require_testing_extra
from cartsnitch_pytest.failures import DATABASE, SERVER, is_to_be_kept

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
    from sqlalchemy.orm import Session

    from cartsnitch_fixtures.servers.engines import WarmEngines
    from cartsnitch_fixtures.servers.isolation import SharedDatabase
    from cartsnitch_fixtures.servers.postgres import PostgresServer
    from cartsnitch_fixtures.servers.queries import QueryCount

KEYS_VARIABLE = "CARTSNITCH_ENCRYPTION_KEYS"


@pytest.fixture(scope="session")
def postgres_image(request: pytest.FixtureRequest) -> str:
    """The image of the container backend, by option, environment or ini; for a project to override."""
    return postgres_options(request.config).image


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest, postgres_image: str) -> "Iterator[PostgresServer]":
    """A running Postgres of this run's own (under xdist of each worker's); it lends further databases."""
    require_testing_extra("postgres_server")
    from dataclasses import replace  # noqa: PLC0415

    from cartsnitch_fixtures.servers.choice import POSTGRES  # noqa: PLC0415
    from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS  # noqa: PLC0415

    backend = POSTGRES_BACKENDS[chosen(request.config, POSTGRES).backend]
    with backend(replace(postgres_options(request.config), image=postgres_image)) as server:
        yield server


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, _cartsnitch_database: "SharedDatabase", _cartsnitch_encryption_keys: None
) -> Iterator[str]:
    """A migrated database of this test's own, without rows; commit, connect and LISTEN at will.

    `@pytest.mark.cartsnitch_database("clone")` gives a new one, `"empty"` one without tables.
    """
    test = request.node
    how = _how(test)

    def keep(url: str) -> bool:
        return is_to_be_kept(test, url)

    if how in {"clone", "empty"}:
        lent = _cartsnitch_database.lend_new(test.nodeid, empty=how == "empty", keep=keep)
    else:
        lent = _cartsnitch_database.lend(test.nodeid, keep=keep)
    with lent as url:
        yield url


@pytest.fixture
def db_engine(database_url: str, _cartsnitch_engines: "WarmEngines") -> "Iterator[Engine]":
    """An engine on the test's database, warm from test to test."""
    with _cartsnitch_engines.sync(database_url) as engine:
        yield engine


@pytest.fixture
def db_session(request: pytest.FixtureRequest, db_engine: "Engine") -> "Iterator[Session]":
    """A session on the test's database; what it loaded stays readable after a commit.

    With `@pytest.mark.cartsnitch_database("shared")` what it commits is rolled back, seen by nobody else.
    """
    from sqlalchemy.orm import Session  # noqa: PLC0415

    if _how(request.node) != "shared":
        with Session(db_engine, expire_on_commit=False) as session:
            yield session
        return
    with db_engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def async_db_engine(database_url: str, _cartsnitch_engines: "WarmEngines") -> "Iterator[AsyncEngine]":
    """An asynchronous engine on the test's database; it connects in whichever loop the test runs."""
    with _cartsnitch_engines.asynchronous(database_url) as engine:
        yield engine


@pytest.fixture
def async_db_session(
    request: pytest.FixtureRequest, async_db_engine: "AsyncEngine", _cartsnitch_engines: "WarmEngines"
) -> "Iterator[AsyncSession]":
    """An asynchronous session on the test's database; what it loaded stays readable after a commit."""
    if _how(request.node) == "shared":
        raise pytest.UsageError(
            'cartsnitch_database("shared") rolls back what db_session did; async_db_session commits on a '
            "connection of its own. Leave the marker out: any test may commit, and the next finds no row."
        )
    with _cartsnitch_engines.session(async_db_engine) as session:
        yield session


@pytest.fixture
def query_count() -> "Iterator[QueryCount]":
    """Counts the statements of any engine: `with query_count.at_most(2): ...` fails with their list."""
    require_testing_extra("query_count")
    from cartsnitch_fixtures.servers.queries import QueryCount  # noqa: PLC0415

    with QueryCount() as count:
        yield count


def _how(test: pytest.Item) -> str:
    marker = test.get_closest_marker("cartsnitch_database")
    return str(next(iter((*marker.args, *marker.kwargs.values())))) if marker else ""


@pytest.fixture(scope="session")
def _cartsnitch_database(
    request: pytest.FixtureRequest, postgres_server: "PostgresServer"
) -> "Iterator[SharedDatabase]":
    from cartsnitch_fixtures.servers.isolation import SharedDatabase  # noqa: PLC0415

    request.config.stash[SERVER] = postgres_server
    database = request.config.stash[DATABASE] = SharedDatabase(postgres_server)
    yield database
    database.close()


@pytest.fixture(scope="session")
def _cartsnitch_engines() -> "Iterator[WarmEngines]":
    from cartsnitch_fixtures.servers.engines import WarmEngines  # noqa: PLC0415

    engines = WarmEngines()
    yield engines
    engines.close()


@pytest.fixture(scope="session")
def _cartsnitch_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def _cartsnitch_encryption_keys(_cartsnitch_key: str) -> Iterator[None]:
    """A key where none is configured, so that accounts' `session_data` can be written, for one test only."""
    if os.environ.get(KEYS_VARIABLE):
        yield
        return
    from cartsnitch_common.config import get_settings  # noqa: PLC0415

    os.environ[KEYS_VARIABLE] = _cartsnitch_key
    get_settings.cache_clear()
    yield
    os.environ.pop(KEYS_VARIABLE, None)
    get_settings.cache_clear()
