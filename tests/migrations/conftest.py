"""A real server of each major version found on this machine, and databases on it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from cartsnitch_common.models import Base
from cartsnitch_common.urls import parse_database_url
from cartsnitch_fixtures.servers.embedded.binaries import find_postgres, machine_postgres
from cartsnitch_fixtures.servers.postgres import PostgresOptions, embedded_postgres

ROOT = Path(__file__).parents[2]


def installations() -> dict[int, Path]:
    """One folder of binaries for each major version, the default's first."""
    found = [find_postgres(), *map(find_postgres, machine_postgres())]
    return {binaries.major: binaries.folder for binaries in reversed(found)}


def pytest_generate_tests(metafunc):
    if "server" in metafunc.fixturenames:
        found = sorted(installations().items(), reverse=True)
        ids = [f"postgres{major}" for major, _ in found]
        metafunc.parametrize(
            "server", [folder for _, folder in found], ids=ids, indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def server(request):
    """A server of one major version."""
    with embedded_postgres(PostgresOptions(bin_dir=request.param)) as server:
        yield server


@pytest.fixture
def url(server):
    """A database without tables."""
    with server.empty_database() as url:
        yield url


@pytest.fixture
def migrated(server):
    """A database at the newest revision."""
    with server.database() as url:
        yield url


@pytest.fixture
def engine_of():
    """Make engines that keep no connection."""

    def make(url: str):
        return create_engine(parse_database_url(url), poolclass=NullPool)

    return make


@pytest.fixture
def execute(engine_of):
    """Run one statement, committed: `execute(url, sql)`; gives the rows, if there are any."""

    def run(url: str, sql: str):
        with engine_of(url).begin() as connection:
            result = connection.exec_driver_sql(sql)
            return result.all() if result.returns_rows else []

    return run


@pytest.fixture
def created(server, engine_of):
    """A database that the models made themselves."""
    with server.empty_database() as url:
        Base.metadata.create_all(engine_of(url))
        yield url


@pytest.fixture
def run(monkeypatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a module at the root of the checkout: `run("alembic", "upgrade", "head", url=...)`."""

    def start(module: str, *arguments: str, url: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setenv("CARTSNITCH_DATABASE_URL", url)
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return start
