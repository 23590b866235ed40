"""Two releases side by side: today's source, and a copy of it with one change."""

import subprocess
import sys
from pathlib import Path

import pytest

from cartsnitch_common.constants import EventType
from cartsnitch_contracts.files import Folder
from cartsnitch_contracts.proof import Process, Release, install, working_tree
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_fixtures.servers.options import PostgresOptions, RedisOptions
from cartsnitch_fixtures.servers.postgres import embedded_postgres
from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path("contracts") / "cartsnitch_contracts" / "documents"
SOURCES = ("src", "alembic", "contracts")
EXPORT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from cartsnitch_contracts import drafts
assert drafts.__file__.startswith(sys.argv[2].removesuffix("src")), drafts.__file__
drafts.write(Path(sys.argv[1]))
"""


def generated(source, name):
    """What a source tree promises, its documents generated anew."""
    roots = [str(source / root) for root in SOURCES]
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, source / DOCUMENTS, *roots],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Snapshot(name, Folder(source / DOCUMENTS))


@pytest.fixture(scope="session")
def exported():
    """Generates the documents of a source tree anew."""
    return generated


@pytest.fixture(scope="session")
def redis_url():
    """A Redis that only the releases use."""
    with REDIS_BACKENDS["embedded"](RedisOptions()) as server, server.keyspace() as keyspace:
        yield keyspace.url


@pytest.fixture(scope="session")
def empty_database():
    """Lends an empty database of a real Postgres, by URL."""
    with embedded_postgres(PostgresOptions()) as server:
        yield server.empty_database


@pytest.fixture(scope="session")
def source_of_today(tmp_path_factory):
    """A copy of this checkout, which nobody edits meanwhile."""
    return working_tree(ROOT, tmp_path_factory.mktemp("today"))


@pytest.fixture(scope="session")
def release(source_of_today, redis_url, tmp_path_factory):
    """Build, install and start today's source, with a change where one is given."""

    def release(change=None):
        folder = tmp_path_factory.mktemp("release")
        source = working_tree(source_of_today, folder / "source")
        if change is not None:
            change.apply(source)
        promises = generated(source, change.name if change else "today")
        process = Process(install(source, folder), redis_url)
        process.call("listen", [str(event_type) for event_type in EventType])
        return Release(process, promises)

    return release


@pytest.fixture(scope="session")
def today(release):
    """Today's source, at work."""
    made = release()
    with made.process:
        yield made
