"""SQLite's transactions, where it stands in for PostgreSQL: in memory for all connections of the process."""

import asyncio
import threading
from itertools import count

import pytest
from sqlalchemy import column, delete, func, insert, inspect, select, table, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from cartsnitch_common.config import get_settings
from cartsnitch_common.database import async_session_scope, dispose_engines, session_scope
from cartsnitch_common.engines import make_engine
from cartsnitch_common.models import Base, Store, StoreLocation
from cartsnitch_common.urls import parse_database_url

NUMBERS = count()
COUNT = select(func.count()).select_from(Store)


@pytest.fixture
def url(monkeypatch):
    """A database in memory with the tables, for as long as the test lasts."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_LOCK_TIMEOUT", "0.05")
    get_settings.cache_clear()
    url = f"sqlite:///file:/test_sqlite_{next(NUMBERS)}?vfs=memdb&uri=true"
    keeper = make_engine(parse_database_url(url), get_settings())
    Base.metadata.create_all(keeper)  # and its pool holds the connection, and thus the database
    yield url
    dispose_engines()
    keeper.dispose()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def session(url):
    engine = make_engine(parse_database_url(url), get_settings())
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


def kroger():
    return Store(name="Kroger", slug="kroger")


def stores_seen_by_another(url):
    with session_scope(url) as other:
        return other.scalar(COUNT)


def test_a_savepoint_is_part_of_its_transaction(url, session):
    """Rolling back takes what was released, though nothing was written before the savepoint."""
    session.scalar(COUNT)
    with session.begin_nested():
        session.add(kroger())
    session.rollback()

    assert stores_seen_by_another(url) == 0


def test_a_savepoint_can_be_undone_alone(url, session):
    """What came before it and after it stays."""
    session.add(kroger())
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(kroger())
    session.add(Store(name="Target", slug="target"))
    session.commit()

    assert stores_seen_by_another(url) == 2


def test_tables_are_made_in_a_transaction(url, session):
    """DDL is rolled back, as on PostgreSQL."""
    session.execute(text("CREATE TABLE notes (line)"))
    session.execute(text("DROP TABLE coupons"))
    session.rollback()

    assert "notes" not in inspect(session.bind).get_table_names()
    assert "coupons" in inspect(session.bind).get_table_names()


@pytest.mark.parametrize("lead", ["", "\n  ", "-- why\n", "WITH old AS (SELECT 1) "])
def test_a_change_in_plain_sql_is_in_a_transaction(url, session, lead):
    """However the statement begins."""
    session.add(kroger())
    session.commit()
    session.execute(text(f"{lead}DELETE FROM stores"))
    session.rollback()

    assert stores_seen_by_another(url) == 1


def test_a_reader_sees_what_others_committed_meanwhile(url, session):
    """As under READ COMMITTED; and no reader keeps a writer from committing."""
    before = session.scalar(COUNT)
    session.execute(text("WITH one AS (SELECT 1) SELECT * FROM one")).all()
    with session_scope(url) as writer:
        writer.add(kroger())

    assert (before, session.scalar(COUNT)) == (0, 1)


def test_a_second_writer_waits_no_longer_than_the_settings_say(url, session):
    """There is one lock for the whole database; who waits in vain gets an error, and loses nothing."""
    session.add(kroger())
    session.flush()

    with pytest.raises(OperationalError, match="locked"), session_scope(url) as other:
        other.execute(delete(Store))
    session.commit()
    assert stores_seen_by_another(url) == 1


def test_a_second_writer_gets_its_turn(url, session, monkeypatch):
    """Once the first one committed."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_LOCK_TIMEOUT", "0")  # no limit
    get_settings.cache_clear()
    session.add(kroger())
    session.flush()

    def rename():
        with session_scope(url) as other:
            other.execute(text("UPDATE stores SET name = 'Kroger Co.'"))

    thread = threading.Thread(target=rename)
    thread.start()
    session.commit()
    thread.join()

    assert session.scalar(select(Store.name)) == "Kroger Co."


def test_a_timeout_in_the_url_wins(url):
    """As other options of a URL do."""
    with session_scope(f"{url}&timeout=1.5") as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 1500
    with session_scope(url) as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 50


def test_autocommit_is_left_alone(url, session):
    """Where it is asked for each statement stands by itself."""
    with session.bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert(Store).values(name="Kroger", slug="kroger"))
        assert stores_seen_by_another(url) == 1
        connection.exec_driver_sql("VACUUM")


def test_a_transaction_begun_by_hand_is_left_alone(session):
    """Not begun twice."""
    session.execute(text("BEGIN"))
    session.add(kroger())
    session.rollback()

    assert session.scalar(COUNT) == 0


def test_foreign_keys_hold_inside_a_transaction(session):
    """And inside a savepoint."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            insert(StoreLocation).values(
                store_id=kroger().id, address="1 Main St", city="Flint", state="MI", zip="48502"
            )
        )


def test_like_tells_upper_from_lower_case(session):
    """ILIKE does not."""
    session.add(kroger())

    assert session.scalar(COUNT.where(Store.name.like("kro%"))) == 0
    assert session.scalar(COUNT.where(Store.name.ilike("kro%"))) == 1


async def test_async_savepoints_and_tables_are_part_of_the_transaction(url):
    """The same through aiosqlite."""
    async with async_session_scope(url) as session:
        await session.scalar(COUNT)
        async with session.begin_nested():
            session.add(kroger())
        await session.execute(text("CREATE TABLE notes (line)"))
        await session.rollback()

    assert stores_seen_by_another(url) == 0
    async with async_session_scope(url) as session:
        notes = select(func.count()).select_from(table("sqlite_schema", column("name")))
        assert await session.scalar(notes.where(column("name") == "notes")) == 0
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1


def test_disposing_ends_connections_of_a_loop_that_is_gone(url):
    """Nothing is left to close, and no thread."""
    before = set(threading.enumerate())

    async def work():
        async with async_session_scope(url) as session:
            return await session.scalar(COUNT)

    asyncio.run(work())
    during = set(threading.enumerate())
    dispose_engines()

    assert len(during - before) == 1
    assert set(threading.enumerate()) == before
