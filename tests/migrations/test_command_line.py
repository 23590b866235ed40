"""Migrating from a shell, with no more than the runtime package."""

import pytest

from cartsnitch_migrations import check, current, head, upgrade


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


@pytest.mark.parametrize("arguments", [("upgrade", "head"), ("current",), ("check",)])
def test_alembic_explains_a_newer_database(migrated, run, execute, arguments):
    """Plain `alembic` prints the explanation too, and no traceback."""
    execute(migrated, "UPDATE alembic_version SET version_num = '0999'")

    result = run("alembic", *arguments, url=migrated)

    assert result.returncode != 0
    assert "FAILED: The database is at revision 0999" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_alembic_explains_an_unreachable_server(run):
    """Plain `alembic` names the address, and neither password nor traceback."""
    result = run("alembic", "upgrade", "head", url="postgresql://somebody:s3cret@127.0.0.1:1/prices")

    output = result.stdout + result.stderr
    assert result.returncode != 0
    assert "127.0.0.1, port 1, database prices" in output
    assert "Traceback" not in output
    assert "s3cret" not in output


def test_the_module_migrates(url, run):
    """`python -m cartsnitch_migrations` upgrades, checks, goes back, and tells where the database is."""
    module = "cartsnitch_migrations"
    commands = [("current",), ("upgrade",), ("check",), ("downgrade", "-1"), ("check",)]
    results = [run(module, *arguments, url=url) for arguments in commands]

    assert [result.returncode for result in results] == [0, 0, 0, 0, 1]
    assert [result.stdout for result in results[:4]] == [
        "none\n", f"{head()} (head)\n", "no differences\n", "none\n"
    ]  # fmt: skip
    assert "the table stores is missing" in results[4].stdout


def test_the_module_takes_a_url(url, run):
    """`--url` goes before the settings."""
    result = run("cartsnitch_migrations", "upgrade", "--url", url, url="postgresql://127.0.0.1:1/nowhere")

    assert result.returncode == 0, result.stderr
    assert current(url) == head()


def test_the_module_explains_what_went_wrong(run):
    """An error is a message on stderr and exit code 2, without a traceback."""
    result = run("cartsnitch_migrations", "upgrade", url="postgresql://somebody:s3cret@127.0.0.1:1/prices")

    assert result.returncode == 2
    assert result.stderr.startswith("No database can be reached at PostgreSQL 127.0.0.1, port 1")
    assert "Traceback" not in result.stderr
    assert "s3cret" not in result.stderr


def test_printed_sql_makes_the_same_schema(url, run, execute):
    """`alembic upgrade head --sql` prints what a DBA can run by hand."""
    printed = run("alembic", "upgrade", "head", "--sql", url="postgresql://127.0.0.1:1/nowhere")

    execute(url, f"COMMIT; {printed.stdout}")
    upgrade(url)

    assert "SET lock_timeout = 5000;" in printed.stdout
    assert check(url) == []
