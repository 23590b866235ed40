"""What a test can ask of its database: a clone, an empty one, one that is rolled back or kept."""

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

MODELS = """
    import os
    import pytest
    from sqlalchemy import func, inspect, select, text
    from cartsnitch_common.models import Store

    def store():
        return Store(name="Meijer", slug="meijer")
"""
BACKENDS = pytest.mark.parametrize("backend", ["embedded", "fake"])


@BACKENDS
def test_a_clone_is_used_by_nobody_before_and_after(run, backend):
    """Each test with the marker gets a database of its own; the others go on with theirs."""
    result = run(
        MODELS
        + """
    lent = []

    @pytest.mark.parametrize("turn", range(6))
    def test_own(db_session, database_url, turn):
        lent.append(database_url)
        db_session.execute(text("DROP TABLE coupons"))
        db_session.add(store())
        db_session.commit()

    test_own.pytestmark.append(pytest.mark.cartsnitch_database(how="clone").mark)

    @pytest.mark.parametrize("turn", range(2))
    def test_usual(db_session, database_url, turn):
        lent.append(database_url)
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0

    def test_all():
        assert len(set(lent)) == 7
    """,
        f"--cartsnitch-postgres={backend}",
    )

    result.assert_outcomes(passed=9)


@BACKENDS
def test_an_empty_database_has_no_tables(run, backend):
    """For tests of migrations, with every fixture on the same one."""
    result = run(
        MODELS
        + """
    @pytest.mark.cartsnitch_database("empty")
    async def test_empty(db_session, db_engine, async_db_session):
        assert inspect(db_engine).get_table_names() == []
        db_session.execute(text("CREATE TABLE tills (id int)"))
        db_session.commit()
        assert await async_db_session.scalar(text("SELECT count(*) FROM tills")) == 0
    """,
        f"--cartsnitch-postgres={backend}",
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=1)


@BACKENDS
def test_what_a_shared_database_was_told_is_rolled_back(run, backend):
    """The code under test may commit and roll back; the next test sees nothing of it."""
    result = run(
        MODELS
        + """
    @pytest.mark.cartsnitch_database("shared")
    @pytest.mark.parametrize("turn", range(2))
    def test_shared(db_session, turn):
        count = select(func.count()).select_from(Store)
        assert db_session.scalar(count) == 0
        db_session.add(store())
        db_session.commit()
        db_session.execute(text("DELETE FROM stores"))
        db_session.rollback()
        assert db_session.scalar(count) == 1

    def test_next(db_session):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
    """,
        f"--cartsnitch-postgres={backend}",
    )

    result.assert_outcomes(passed=3)


def test_a_committed_row_beside_a_shared_session_does_not_stay(run):
    """Who commits on a connection of his own in spite of the marker is cleaned up after."""
    result = run(
        MODELS
        + """
    @pytest.mark.cartsnitch_database("shared")
    @pytest.mark.parametrize("turn", range(2))
    def test_shared(db_session, db_engine, turn):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        db_session.rollback()
        with db_engine.begin() as connection:
            connection.execute(text("INSERT INTO stores (name, slug) VALUES ('Meijer', 'meijer')"))
    """
    )

    result.assert_outcomes(passed=2)


def test_a_shared_database_has_no_asynchronous_session(run):
    """It would commit on a connection of its own; the error says what to do."""
    result = run(
        """
    import pytest

    @pytest.mark.cartsnitch_database("shared")
    def test_async(async_db_session):
        pass
    """
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*rolls back what db_session did*Leave the marker out*"])


FAILING = (
    MODELS
    + """
    @pytest.mark.parametrize("turn", range(3))
    def test_fails(db_session, turn):
        assert db_session.scalar(select(func.count()).select_from(Store)) == 0
        db_session.add(store())
        db_session.commit()
        assert turn != 1

    @pytest.mark.cartsnitch_database("clone")
    def test_clone_fails(db_session):
        db_session.execute(text("CREATE TABLE tills (id int)"))
        db_session.commit()
        assert False
    """
)


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_the_database_of_a_failed_test_is_kept_with_a_ready_command(run, options):
    """The command that is printed opens it, as the test left it; the next test has a new one."""
    result = run(FAILING, "--cartsnitch-keep-db", *options)

    result.assert_outcomes(passed=2, failed=2)
    kept = {
        test.rpartition("::")[2]: command for test, command in pairwise(result.outlines) if "psql" in command
    }
    rows = ask(kept["test_fails[1]"], "SELECT name FROM stores")
    tables = ask(kept["test_clone_fails"], "SELECT count(*) FROM tills")
    assert rows == "Meijer"
    assert tables == "0"
    for command in (kept["test_fails[1]"], kept["test_clone_fails"]):
        subprocess.run(["kill", command.rpartition("kill ")[2]], check=False)


def test_every_worker_of_xdist_tells_what_it_kept(run):
    """Also where their databases have the same URL."""
    result = run(
        """
    import pytest

    @pytest.mark.parametrize("turn", range(4))
    def test_fails(db_session, turn):
        assert False
    """,
        "--cartsnitch-keep-db", "--cartsnitch-postgres=fake", "-n", "2",
    )  # fmt: skip

    kept = [command for _, command in pairwise(result.outlines) if "sqlite3 " in command]
    folders = {Path(command.split()[1]).parent for command in kept}
    for folder in folders:
        shutil.rmtree(folder)
    assert len(kept) == 4


def test_the_server_that_a_project_brings_tells_what_it_kept_too(run):
    """No server is left running that nobody was told of."""
    result = run(
        """
    import pytest
    from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS

    @pytest.fixture(scope="session")
    def postgres_server():
        with POSTGRES_BACKENDS["embedded"]() as server:
            yield server

    def test_fails(db_session):
        assert False
    """,
        "--cartsnitch-keep-db",
    )

    (command,) = [line for line in result.outlines if "psql" in line]
    subprocess.run(["kill", command.rpartition("kill ")[2]], check=True)


def test_without_the_option_nothing_is_kept(run):
    """A failed test's database goes like any other."""
    result = run(FAILING)

    result.assert_outcomes(passed=2, failed=2)
    assert "databases of failed tests" not in result.stdout.str()


def ask(command: str, query: str) -> str:
    """What psql prints for a query, by a command line that a run printed."""
    psql = re.match(r'\s*(psql ".*?")', command)
    assert psql, command
    done = subprocess.run(
        ["sh", "-c", f'{psql[1]} --tuples-only --no-align --command "{query}"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()
