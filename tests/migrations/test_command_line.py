"""Migrating from a shell, with no more than the runtime package."""

import pytest

from cartsnitch_common.config import get_settings
from cartsnitch_migrations import check, current, head, upgrade
from cartsnitch_migrations.__main__ import main

UNREACHABLE = "postgresql://somebody:s3cret@127.0.0.1:1/prices"


@pytest.fixture
def url(postgres_server):
    """A database without tables, on one server: here it is not about versions."""
    with postgres_server.empty_database() as url:
        yield url


@pytest.fixture
def migrated(postgres_server):
    """A database at the newest revision."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def module(monkeypatch, capsys):
    """Run `python -m cartsnitch_migrations` within this process; gives exit code, output and errors."""

    def call(*arguments: str, url: str) -> tuple[int, str, str]:
        monkeypatch.setenv("CARTSNITCH_DATABASE_URL", url)
        get_settings.cache_clear()
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    yield call
    get_settings.cache_clear()


def test_alembic_works_at_the_root(url, run):
    """`alembic upgrade head`, `check` and `downgrade base` find the history and the settings' database."""
    up = run("alembic", "upgrade", "head", url=url)
    at, differences = current(url), check(url)
    checked = run("alembic", "check", url=url)
    down = run("alembic", "downgrade", "base", url=url)

    assert (up.returncode, checked.returncode, down.returncode) == (0, 0, 0), up.stderr
    assert (at, differences) == (head(), [])
    assert "No new upgrade operations detected" in checked.stdout
    assert current(url) is None


def test_alembic_explains_a_newer_database(migrated, run, execute):
    """Plain `alembic` prints the explanation too, and no traceback."""
    execute(migrated, "UPDATE alembic_version SET version_num = '0999'")

    result = run("alembic", "upgrade", "head", url=migrated)

    assert result.returncode != 0
    assert "FAILED: The database is at revision 0999" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_alembic_explains_an_unreachable_server(run):
    """Plain `alembic` names the address, and neither password nor traceback."""
    result = run("alembic", "upgrade", "head", url=UNREACHABLE)

    output = result.stdout + result.stderr
    assert result.returncode != 0
    assert "127.0.0.1, port 1, database prices" in output
    assert "Traceback" not in output
    assert "s3cret" not in output


def test_the_module_runs_by_name(url, run):
    """`python -m cartsnitch_migrations upgrade` migrates the settings' database."""
    result = run("cartsnitch_migrations", "upgrade", url=url)

    assert (result.returncode, result.stdout) == (0, f"{head()} (head)\n"), result.stderr
    assert check(url) == []


def test_the_module_goes_up_and_down(url, module):
    """Each command does its part, and tells where the database is."""
    commands = [("current",), ("upgrade",), ("check",), ("downgrade", "base")]

    outcomes = [module(*arguments, url=url) for arguments in commands]

    assert outcomes == [
        (0, "none\n", ""),
        (0, f"{head()} (head)\n", ""),
        (0, "no differences\n", ""),
        (0, "none\n", ""),
    ]


def test_the_module_fails_where_check_finds_something(url, module):
    """Differences are printed, one a line, and the exit code is 1."""
    code, output, _ = module("check", url=url)

    assert code == 1
    assert "the table stores is missing\n" in output


def test_the_module_takes_a_url(url, module):
    """`--url` goes before the settings."""
    code, output, errors = module("upgrade", "--url", url, url=UNREACHABLE)

    assert (code, output, errors) == (0, f"{head()} (head)\n", "")
    assert current(url) == head()


def test_the_module_explains_what_went_wrong(module):
    """An error is a message on stderr and exit code 2; a password is in none."""
    code, output, errors = module("upgrade", url=UNREACHABLE)

    assert (code, output) == (2, "")
    assert errors.startswith("No database can be reached at PostgreSQL 127.0.0.1, port 1")
    assert "s3cret" not in errors


def test_printed_sql_makes_the_same_schema(url, run, execute):
    """`alembic upgrade head --sql` prints what a DBA can run by hand."""
    printed = run("alembic", "upgrade", "head", "--sql", url=UNREACHABLE)

    execute(url, f"COMMIT; {printed.stdout}")
    upgrade(url)

    assert "SET lock_timeout = 5000;" in printed.stdout
    assert check(url) == []
