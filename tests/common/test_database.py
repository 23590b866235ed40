"""Sessions commit, roll back, time out and explain themselves; real servers throughout."""

import asyncio
import inspect
import socket
import threading
from contextlib import closing
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import column, func, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from cartsnitch_common import database
from cartsnitch_common.config import get_settings
from cartsnitch_common.database import (
    async_session_scope,
    dispose_engines,
    get_async_engine,
    get_async_session,
    get_async_session_factory,
    get_sync_engine,
    get_sync_session,
    get_sync_session_factory,
    session_scope,
)
from cartsnitch_common.errors import ConfigurationError, DatabaseUnavailableError
from cartsnitch_common.models import Store
from threads import until

COUNT = select(func.count()).select_from(Store)


@pytest.fixture
def configure(monkeypatch):
    """Set variables; engines made under them end with the test."""

    def configure(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"CARTSNITCH_{name}", str(value))
        get_settings.cache_clear()
        dispose_engines()

    configure()
    yield configure
    dispose_engines()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def url(configure, database_url):
    """The test's database, as the settings have it."""
    configure(DATABASE_URL=database_url)
    return database_url


def kroger():
    return Store(name="Kroger", slug="kroger")


def test_a_scope_commits_at_its_end(url):
    """Another session sees it, and what was loaded stays readable."""
    with session_scope() as session:
        store = kroger()
        session.add(store)

    with session_scope(url) as other:
        assert other.scalar(COUNT) == 1
    assert store.name == "Kroger"


def test_a_scope_rolls_back_on_an_error(url):
    """The error goes through, the row does not."""
    with pytest.raises(ZeroDivisionError), session_scope() as session:  # noqa: PT012 (leaving is the act)
        session.add(kroger())
        session.flush()
        _ = 1 / 0

    with session_scope() as other:
        assert other.scalar(COUNT) == 0


async def test_an_async_scope_commits_and_rolls_back(url):
    """The same, awaited."""
    async with async_session_scope() as session:
        session.add(kroger())
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 (leaving the block is the act)
        async with async_session_scope() as session:
            await session.execute(text("DELETE FROM stores"))
            _ = 1 / 0

    async with async_session_scope(url) as other:
        assert await other.scalar(COUNT) == 1


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "postgresql+asyncpg"])
async def test_both_async_drivers_work(configure, database_url, driver):
    """asyncpg is used where the URL names it, with its own way to say socket and time-out."""
    configure(DATABASE_STATEMENT_TIMEOUT="7")
    target = database_url.replace("postgresql+psycopg", driver)

    async with async_session_scope(target) as session:
        session.add(kroger())
        limit = await session.scalar(text("SHOW statement_timeout"))

    dispose_engines()  # asyncpg hangs up while its loop runs
    await asyncio.sleep(0)
    assert limit == "7s"
    with session_scope(target) as session:
        assert session.scalar(COUNT) == 1


def test_a_session_generator_closes_and_does_not_commit(url):
    """What the caller did not commit is gone."""
    generator = get_sync_session()
    session = next(generator)
    session.add(kroger())
    session.flush()
    generator.close()

    with session_scope() as other:
        assert other.scalar(COUNT) == 0


async def test_fastapi_gets_a_session_and_its_callers_get_no_url(url):
    """As `Depends` the session has no parameters: a query string must never choose the database."""
    app = FastAPI()

    @app.post("/stores")
    async def create(session: Annotated[AsyncSession, Depends(get_async_session)]) -> str:
        session.add(kroger())
        await session.commit()
        return session.bind.url.database

    @app.get("/stores")
    def read(session: Annotated[Session, Depends(get_sync_session)]) -> int:
        return session.scalar(COUNT)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        created = await client.post("/stores", params={"url": "postgresql://evil/x"})
        read_back = await client.get("/stores", params={"url": "postgresql://evil/x"})

    assert (created.status_code, created.json()) == (200, make_url(url).database)
    assert read_back.json() == 1
    assert [
        path["parameters"]
        for paths in app.openapi()["paths"].values()
        for path in paths.values()
        if "parameters" in path
    ] == []
    assert list(inspect.signature(database.get_sync_session_factory).parameters) == ["url"]


def test_an_engine_is_made_once_for_a_url(url):
    """Also when many threads ask at the same moment."""
    engines = []
    threads = [threading.Thread(target=lambda: engines.append(get_sync_engine())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(engines) == 8
    assert set(engines) == {get_sync_engine(url)}
    assert get_sync_engine("sqlite://") is not get_sync_engine(url)


def test_each_event_loop_has_its_own_async_engine(url):
    """A connection belongs to the loop that made it, so nothing is "attached to a different loop"."""

    async def work():
        async with async_session_scope() as session:
            await session.execute(text("SELECT 1"))
        return get_async_engine()

    with asyncio.Runner() as runner:
        first = runner.run(work())
        assert runner.run(work()) is first
    second = asyncio.run(work())

    assert first is not second


def test_an_async_engine_outside_of_a_loop_is_an_error(url):
    """There is no loop that it could belong to."""
    with pytest.raises(RuntimeError, match="no running event loop"):
        get_async_engine()


def test_disposing_ends_every_connection(url, db_session):
    """Of sync and async engines, also those of a loop that is gone."""
    pid = text("SELECT pg_backend_pid()")

    async def connect():
        async with async_session_scope() as session:
            return await session.scalar(pid)

    with session_scope() as session:
        backends = [session.scalar(pid), asyncio.run(connect())]
    engine = get_sync_engine()
    alive = select(func.count()).select_from(text("pg_stat_activity")).where(column("pid").in_(backends))
    before = db_session.scalar(alive)

    dispose_engines()

    assert before == 2
    until(lambda: db_session.rollback() or db_session.scalar(alive) == 0)
    assert get_sync_engine() is not engine


@pytest.mark.parametrize(
    ("setting", "statement"),
    [
        ("DATABASE_STATEMENT_TIMEOUT", "SELECT pg_sleep(60)"),
        ("DATABASE_LOCK_TIMEOUT", "LOCK TABLE stores"),
        ("DATABASE_IDLE_TIMEOUT", "SELECT 1"),
    ],
)
def test_nothing_waits_for_ever(configure, database_url, setting, statement, db_session):
    """A long statement, a lock that is held, a transaction left lying: each is ended by the server."""
    configure(DATABASE_URL=database_url, **{setting: "0.1"})
    db_session.execute(text("LOCK TABLE stores"))

    with pytest.raises(DBAPIError), session_scope() as session:  # noqa: PT012 (time passes inside)
        session.execute(text(statement))
        threading.Event().wait(0.5)
        session.execute(text("SELECT 1"))


def test_options_of_the_url_are_kept(configure, database_url):
    """Ours come first, so that what the URL says wins."""
    joint = "&" if "?" in database_url else "?"

    with session_scope(f"{database_url}{joint}options=-c%20statement_timeout%3D1234") as session:
        assert session.scalar(text("SHOW statement_timeout")) == "1234ms"
        assert session.scalar(text("SHOW lock_timeout")) == "5s"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "postgresql+asyncpg"])
async def test_an_unreachable_server_is_named_and_its_password_is_not(configure, driver):
    """Host, port and database, in sync and async code."""
    port = free_port()
    url = f"{driver}://ada:hunter2@127.0.0.1:{port}/shop"

    with pytest.raises(DatabaseUnavailableError) as waited:
        async with async_session_scope(url) as session:
            await session.execute(text("SELECT 1"))
    with pytest.raises(DatabaseUnavailableError) as direct, session_scope(url) as session:
        session.execute(text("SELECT 1"))

    for caught in (waited, direct):
        message = str(caught.value)
        assert f"127.0.0.1, port {port}, database shop" in message
        assert "CARTSNITCH_DATABASE_URL" in message
        chain = f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
        assert "hunter2" not in message + chain


def test_a_wrong_database_name_is_explained(url):
    """The server answers, but not with that database."""
    wrong = get_sync_engine(url).url.set(database="nowhere").render_as_string(hide_password=False)

    with (
        pytest.raises(DatabaseUnavailableError, match=r"database nowhere.*does not exist"),
        session_scope(wrong) as session,
    ):
        session.execute(text("SELECT 1"))


def test_a_url_that_is_none_is_refused_without_repeating_it(configure):
    """It may hold a password."""
    with pytest.raises(ConfigurationError) as caught:
        get_sync_engine("hunter2")

    assert "hunter2" not in str(caught.value)


def test_values_stay_out_of_errors(url):
    """A failing statement shows its SQL; the parameters may be e-mail addresses and tokens."""
    with pytest.raises(DBAPIError) as caught, session_scope() as session:
        session.execute(text("INSERT INTO users (email) VALUES (:email)"), {"email": "ada@example.com"})

    assert "ada@example.com" not in str(caught.value).partition("DETAIL")[0]


def test_a_restarted_server_is_survived(url, db_session):
    """Pre-ping replaces a connection that the server has ended."""
    with session_scope() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    db_session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})

    with session_scope() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != backend


def test_factories_bind_to_their_url(url):
    """A service may keep a factory of its own."""

    async def work():
        async with get_async_session_factory(url)() as session:
            return await session.scalar(COUNT)

    with get_sync_session_factory(url)() as session:
        assert session.scalar(COUNT) == 0
    assert asyncio.run(work()) == 0


def test_sqlite_enforces_foreign_keys(configure):
    """Off by default there; a fake without them would be no test."""
    with session_scope("sqlite://") as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_sqlite_file_is_a_database_too(configure, tmp_path):
    """Not only in memory."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    with session_scope(url) as session:
        session.execute(text("CREATE TABLE t (x)"))

    with session_scope(url) as session:
        assert session.scalar(text("SELECT count(*) FROM t")) == 0
