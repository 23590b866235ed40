"""Upgrading and downgrading, and what goes wrong on the way."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from uuid import UUID

import psycopg
import pytest

from cartsnitch_common.config import get_settings
from cartsnitch_common.errors import ConfigurationError, DatabaseUnavailableError, MigrationError
from cartsnitch_common.models import Base
from cartsnitch_migrations import check, current, downgrade, head, revisions, upgrade
from cartsnitch_migrations.connection import LOCK_KEY

HOLD = f"SELECT pg_advisory_xact_lock({LOCK_KEY})"
GIVE_UP = "SET idle_in_transaction_session_timeout = '5s'"  # or a missing lock timeout would hang the test
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cartsnitch-migrations'"


@pytest.fixture
def hold(engine_of):
    """Run a statement in a transaction that stays open: `with hold(url, sql): ...`."""

    def begin(url: str, sql: str):
        connection = engine_of(url).connect()
        connection.exec_driver_sql(sql)
        return connection

    return begin


def test_revisions_are_numbered_in_a_line():
    """The history is 0001, 0002, ... without branches, and its end is the head."""
    numbers = [f"{number:04d}" for number in range(1, len(revisions()) + 1)]

    assert revisions() == numbers
    assert head() == numbers[-1]


def test_a_database_tells_its_revision(url):
    """`current` follows upgrades and downgrades; an empty database is at none."""
    seen = [current(url)]
    upgrade(url)
    seen.append(current(url))
    downgrade(url, "base")
    seen.append(current(url))

    assert seen == [None, head(), None]


def test_asking_changes_nothing(url, execute):
    """`current` and `check` leave an empty database empty."""
    current(url)
    check(url)

    assert execute(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_upgrading_twice_is_the_same_as_once(migrated, execute):
    """An upgrade of a database at the head keeps its rows."""
    execute(migrated, "INSERT INTO stores (name, slug) VALUES ('Meijer', 'meijer')")

    upgrade(migrated)

    assert execute(migrated, "SELECT slug FROM stores") == [("meijer",)]


def test_raw_sql_needs_neither_id_nor_timestamps(migrated, execute):
    """PostgreSQL fills in ids, timestamps and the other defaults where SQL leaves them out."""
    execute(migrated, "INSERT INTO stores (name, slug) VALUES ('Meijer', 'meijer'), ('Target', 'target')")
    execute(migrated, "INSERT INTO normalized_products (canonical_name) VALUES ('Milk')")
    stores = execute(migrated, "SELECT id, created_at = updated_at, now() - created_at FROM stores")

    ids = {store[0] for store in stores}

    assert len(ids) == 2
    assert all(isinstance(store_id, UUID) for store_id in ids)
    assert all(same and age.total_seconds() >= 0 for _, same, age in stores)
    assert execute(migrated, "SELECT upc_variants FROM normalized_products") == [([],)]


def test_every_table_can_do_without_an_id(migrated, execute):
    """Id, created_at and updated_at have defaults in each of the ten tables."""
    lacking = execute(
        migrated,
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_default IS NULL "
        "AND column_name IN ('id', 'created_at', 'updated_at')",
    )

    assert lacking == []
    assert len(Base.metadata.tables) == 10


def test_the_caller_s_transaction_decides(url, engine_of, execute):
    """Over a connection in a transaction nothing is committed; what the caller rolls back never was."""
    with engine_of(url).connect() as connection, connection.begin() as transaction:
        upgrade(connection)
        inside = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        transaction.rollback()

    assert inside == head()
    assert current(url) is None
    assert execute(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_a_connection_without_a_transaction_is_committed(url, engine_of):
    """Over a connection that has no transaction yet, an upgrade is complete when it returns."""
    with engine_of(url).connect() as connection:
        upgrade(connection)
        at = current(url)

    assert at == head()


def test_two_processes_upgrade_at_once(url, hold, execute):
    """Two processes that were kept waiting and start together both succeed, and the schema is there once."""
    command = [sys.executable, "-m", "cartsnitch_migrations", "upgrade", "--url", url]
    with hold(url, HOLD):
        both = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"
        ]
        while execute(url, WAITING)[0][0] < 4 and all(process.poll() is None for process in both):
            time.sleep(0.05)
        before = current(url)

    outcomes = [(*process.communicate(), process.returncode) for process in both]

    assert before is None
    assert outcomes == [(f"{head()} (head)\n", "", 0)] * 2
    assert check(url) == []


def test_an_upgrade_waits_for_another(url, hold):
    """While another migration runs nothing is changed, and afterwards it goes on."""
    with ThreadPoolExecutor() as pool:
        with hold(url, HOLD):
            waiting = pool.submit(upgrade, url)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            before = current(url)
        waiting.result()

    assert before is None
    assert current(url) == head()


def test_a_database_s_own_limits_do_not_end_the_wait(url, hold, execute):
    """Neither lock_timeout nor statement_timeout of the database cut the wait for another migration short."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            admin.execute(f"ALTER DATABASE {admin.info.dbname} SET {limit} = '100ms'")
    with ThreadPoolExecutor() as pool:
        with hold(url, f"SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; {HOLD}"):
            waiting = pool.submit(upgrade, url)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
        waiting.result()

    assert current(url) == head()


def test_a_migration_that_does_not_end_is_reported(url, hold):
    """After `wait` seconds the upgrade gives up, and says that another one runs."""
    with (
        hold(url, HOLD),
        pytest.raises(MigrationError, match="Another migration of this database is still running"),
    ):
        upgrade(url, wait=0)

    assert current(url) is None


def test_a_caller_s_connection_waits_its_turn_too(url, hold, engine_of):
    """The lock holds for upgrades over a connection as well."""
    with (
        engine_of(url).connect() as connection,
        hold(url, HOLD),
        pytest.raises(MigrationError, match="Another"),
    ):
        upgrade(connection, wait=0)

    assert current(url) is None


@pytest.mark.parametrize("setting", [None, "0.2"])
def test_a_table_in_use_is_not_waited_for_long(migrated, hold, setting, monkeypatch):
    """A revision gives up on a table's lock after the lock timeout, given or set, and is rolled back."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_LOCK_TIMEOUT", setting or "0")
    get_settings.cache_clear()
    with (
        hold(migrated, f"{GIVE_UP}; LOCK TABLE stores IN ACCESS SHARE MODE"),
        pytest.raises(
            MigrationError, match=r"(?s)waited too long for a table.*CARTSNITCH_DATABASE_LOCK_TIMEOUT"
        ),
    ):
        downgrade(migrated, "base", lock_timeout=None if setting else 0.2)
    monkeypatch.undo()
    get_settings.cache_clear()

    assert current(migrated) == head()
    assert check(migrated) == []


@pytest.mark.parametrize(
    "action",
    [upgrade, current, check, lambda url: downgrade(url, "base")],
    ids=["upgrade", "current", "check", "downgrade"],
)
def test_a_newer_database_is_explained(migrated, execute, action):
    """Who meets a revision of a later version learns which it is, what is known here, and what to do."""
    execute(migrated, "UPDATE alembic_version SET version_num = '0999'")

    with pytest.raises(MigrationError) as caught:
        action(migrated)

    message = str(caught.value)
    assert (
        f"at revision 0999, which cartsnitch-common {version('cartsnitch-common')} does not know" in message
    )
    assert f"it knows 0001 to {head()}" in message
    assert "Install that version" in message
    assert f"cartsnitch db downgrade {head()}" in message
    assert execute(migrated, "SELECT count(*) FROM stores") == [(0,)]


def test_an_unknown_revision_is_explained(url):
    """A revision that does not exist is refused with those that do."""
    with pytest.raises(MigrationError, match=r"'zzz'\. The revisions are 0001"):
        upgrade(url, "zzz")


def test_a_revision_that_fails_is_reported_without_rows(url, execute):
    """The database's reason is told, and the database is as it was."""
    execute(url, "CREATE TABLE users (id int)")

    with pytest.raises(
        MigrationError, match='A revision failed, and was rolled back: relation "users" already exists'
    ):
        upgrade(url)

    assert current(url) is None
    assert execute(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("users",)]


@pytest.mark.parametrize("action", [upgrade, current, check])
def test_sqlite_is_refused(action):
    """Migrations are PostgreSQL's; the message names the way for the SQLite fake."""
    with pytest.raises(MigrationError, match=r"run on PostgreSQL, and this is SQLite.*create_all"):
        action("sqlite://")


@pytest.mark.parametrize("action", [upgrade, current, check])
def test_an_unreachable_server_is_named_without_the_password(action):
    """Host, port and database are named, and what was to be kept secret is not."""
    with pytest.raises(DatabaseUnavailableError) as caught:
        action("postgresql://somebody:s3cret@127.0.0.1:1/prices")

    message = str(caught.value)
    assert "127.0.0.1, port 1, database prices" in message
    assert "CARTSNITCH_DATABASE_URL" in message
    assert "s3cret" not in message


def test_a_url_of_another_driver_is_understood(url):
    """The URL that a service with asyncpg has serves for migrations too."""
    upgrade(url.replace("postgresql+psycopg://", "postgresql+asyncpg://"))

    assert current(url) == head()


def test_what_is_no_url_is_refused_without_repeating_it():
    """A garbled URL may hold a password, so it is not quoted."""
    with pytest.raises(ConfigurationError) as caught:
        upgrade("postgres//somebody:s3cret@host/prices")

    assert "s3cret" not in str(caught.value)
