"""Behind PgBouncer in transaction mode: no prepared statements, and limits that end with a transaction."""

import os

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from cartsnitch_common.config import get_settings
from cartsnitch_common.database import async_session_scope, dispose_engines, session_scope
from cartsnitch_common.errors import DatabaseUnavailableError
from pgbouncer import PROGRAM, pgbouncer

pytestmark = pytest.mark.skipif(
    not PROGRAM and not os.environ.get("CI"), reason="pgbouncer is not installed (apt install pgbouncer)"
)


@pytest.fixture
def pooled_url(database_url):
    """The test's database behind a PgBouncer that shares two server connections among all clients."""
    target = make_url(database_url)
    with pgbouncer(target.query["host"], target.username) as port:
        yield f"postgresql+psycopg://{target.username}@127.0.0.1:{port}/{target.database}"
        dispose_engines()


@pytest.fixture
def switched_on(monkeypatch):
    """The switch of the settings."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_PGBOUNCER", "true")
    get_settings.cache_clear()
    yield
    dispose_engines()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_without_the_switch_the_pooler_refuses_our_connection(pooled_url):
    """Time-outs at the start of a connection are not for a pooler; the error says what it said."""
    with (
        pytest.raises(DatabaseUnavailableError, match="unsupported startup parameter"),
        session_scope(pooled_url) as session,
    ):
        session.execute(text("SELECT 1"))


def test_sync_sessions_share_the_server_connections(pooled_url, switched_on):
    """Many clients, one statement many times: prepared statements would collide."""
    backends = set()
    for round_ in range(20):
        with session_scope(pooled_url) as session, session_scope(pooled_url) as other:
            for _ in range(6):
                backends.add(session.scalar(text("SELECT pg_backend_pid()")))
                assert other.scalar(text("SELECT CAST(:n AS int)"), {"n": round_}) == round_

    assert 1 <= len(backends) <= 2


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "postgresql+asyncpg"])
async def test_async_sessions_share_the_server_connections(pooled_url, switched_on, driver):
    """Both drivers, also with a statement cache of their own."""
    url = pooled_url.replace("postgresql+psycopg", driver)

    seen = []
    for number in range(20):
        async with async_session_scope(url) as session, async_session_scope(url) as other:
            for _ in range(6):
                await session.execute(text("SELECT 1"))
                seen.append(await other.scalar(text("SELECT CAST(:n AS int)"), {"n": number}) == number)

    assert len(seen) == 120
    assert all(seen)


def test_limits_hold_and_do_not_stick(pooled_url, switched_on, monkeypatch):
    """A statement that takes too long is ended; the next client of that connection is not limited."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_STATEMENT_TIMEOUT", "0.2")
    get_settings.cache_clear()
    target = make_url(pooled_url)

    with pytest.raises(DBAPIError, match="statement timeout"), session_scope(pooled_url) as session:
        session.execute(text("SELECT pg_sleep(30)"))

    with psycopg.connect(
        host=target.host, port=target.port, dbname=target.database, user=target.username, autocommit=True
    ) as stranger:
        for _ in range(4):
            assert stranger.execute("SHOW statement_timeout").fetchone() == ("0",)
