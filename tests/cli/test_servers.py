"""`cartsnitch servers`: what runs, what it prints, and what is left when it stops."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from cartsnitch_cli.servers import _until_asked_to_stop
from cartsnitch_fixtures.servers.embedded.account import server_account
from cartsnitch_fixtures.servers.options import POSTGRES_IMAGE, REDIS_IMAGE
from cartsnitch_migrations import current, head
from survivors import is_running
from threads import until

COMMAND = Path(sys.executable).with_name("cartsnitch")
DEADLINE = 180
"""Seconds after which a command that was started is killed, so that no test waits for it for ever."""
HEARING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a command as a terminal does: a shell lets its jobs in the background ignore Ctrl-C."""
INSERT = "INSERT INTO stores (name, slug) VALUES ('Meijer', 'meijer')"


@pytest.fixture
def data_home():
    """A short folder for kept data that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="cs-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class Up:
    """A running `cartsnitch servers up`, and the settings that it printed."""

    def __init__(self, errors, *options, **environment):
        self.errors = errors
        with errors.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-c", HEARING, COMMAND, "servers", "up", *options],
                env=os.environ | environment, stdout=subprocess.PIPE, stderr=stderr, text=True,
            )  # fmt: skip
        self.deadline = threading.Timer(DEADLINE, self.process.kill)
        self.deadline.start()
        self.settings = {}
        self.expected = 1 if {"--postgres", "--redis"} & set(options) else 2

    def read_settings(self):
        """Those that it prints; fewer where it ends instead."""
        lines = [self.process.stdout.readline() for _ in range(self.expected)]
        self.settings = dict(line.rstrip().split("=", 1) for line in lines if line)

    @property
    def database(self):
        """For psycopg itself."""
        return self.settings["CARTSNITCH_DATABASE_URL"].replace("+psycopg", "")

    @property
    def postmaster(self):
        """The process id of its Postgres."""
        sockets = Path(parse_qs(urlsplit(self.database).query)["host"][0])
        return int((sockets.parent / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self, how=signal.SIGINT):
        """Ask it to stop; what it printed to standard output since, and the exit code."""
        self.process.send_signal(how)
        output = self.process.communicate()[0]
        return output, self.process.returncode


@pytest.fixture
def up(tmp_path, data_home):
    """Start `cartsnitch servers up`; killed at its deadline, stopped before its kept data is removed."""
    started = []

    def up(*options, **environment):
        started.append(Up(tmp_path / f"errors{len(started)}", *options, **environment))
        started[-1].read_settings()
        return started[-1]

    yield up
    for each in started:
        with each.process:
            each.process.terminate()
        each.deadline.cancel()


@pytest.mark.parametrize(
    "ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda ending: ending.name
)
def test_both_servers_run_migrated_until_a_signal(up, ending):
    """Standard output is what belongs in .env; after the end no process and no folder is there."""
    running = up()
    with psycopg.connect(running.database) as connection:
        connection.execute(INSERT)
    with redis.Redis.from_url(running.settings["CARTSNITCH_REDIS_URL"]) as client:
        assert client.incr("turns") == 1
    assert current(running.settings["CARTSNITCH_DATABASE_URL"]) == head()
    postmaster = running.postmaster

    assert running.stop(ending) == ("", 0)

    assert set(running.settings) == {"CARTSNITCH_DATABASE_URL", "CARTSNITCH_REDIS_URL"}
    assert not is_running(postmaster)
    for url in running.settings.values():
        folder = Path(parse_qs(urlsplit(url).query).get("host", [urlsplit(url).path])[0])
        assert not folder.parent.exists()
    errors = running.errors.read_text()
    assert "Ctrl-C stops what runs. Their data goes too" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("option", ["--postgres", "--redis"])
def test_one_server_alone(up, option):
    """The other one is neither started nor named."""
    running = up(option)

    assert running.stop()[1] == 0
    assert set(running.settings) == {f"CARTSNITCH_{'DATABASE' if option == '--postgres' else 'REDIS'}_URL"}


def test_the_printed_command_opens_the_database(up):
    """psql, with the very words that were printed."""
    running = up("--postgres")
    conninfo = re.search(r'psql "([^"]*)"', running.errors.read_text())[1]

    with psycopg.connect(conninfo) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("cartsnitch",)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=lambda ending: ending.name)
def test_kept_data_is_there_the_next_time(up, data_home, ending):
    """At the same address, also at once after a kill; the server syncs what is committed."""
    first = up("--keep", XDG_DATA_HOME=str(data_home))
    with psycopg.connect(first.database) as connection:
        connection.execute(INSERT)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    with redis.Redis.from_url(first.settings["CARTSNITCH_REDIS_URL"]) as client:
        client.set("kept", "yes")
    first.stop(ending)

    second = up("--keep", XDG_DATA_HOME=str(data_home))

    assert second.settings == first.settings
    with psycopg.connect(second.database) as connection:
        assert connection.execute("SELECT slug FROM stores").fetchall() == [("meijer",)]
    with redis.Redis.from_url(second.settings["CARTSNITCH_REDIS_URL"]) as client:
        assert client.get("kept") == b"yes"


def test_kept_data_is_upgraded(up, data_home):
    """A database of an older version gets the revisions that it lacks."""
    first = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))
    with psycopg.connect(first.database) as connection:
        connection.execute("DROP TABLE alembic_version")
        for (table,) in connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall():
            connection.execute(f"DROP TABLE {table} CASCADE")
    first.stop()

    second = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))

    assert current(second.settings["CARTSNITCH_DATABASE_URL"]) == head()


def test_a_stale_postmaster_pid_does_not_matter(up, data_home):
    """After a reboot its number may be that of any process, also of one that runs as the same user."""
    first = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))
    first.stop()
    with redis.Redis.from_url(up("--redis").settings["CARTSNITCH_REDIS_URL"]) as client:
        pid = client.info("server")["process_id"]
    (data_home / "cartsnitch" / "postgres" / "data" / "postmaster.pid").write_text(f"{pid}\n")

    second = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))

    assert second.settings == first.settings


def test_kept_data_has_one_user_at_a_time(up, data_home):
    """The second is told which process has it; a third without --keep runs beside the first."""
    first = up("--keep", XDG_DATA_HOME=str(data_home))

    second = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))
    third = up(XDG_DATA_HOME=str(data_home))

    assert second.process.wait() == 2
    assert second.settings == {}
    assert f"is in use by the process {first.process.pid}.\n" in second.errors.read_text()
    assert third.stop()[1] == first.stop()[1] == 0


def test_kept_data_is_private(up, data_home):
    """Closed to other users, and the server's own where that is another than root."""
    up("--keep", XDG_DATA_HOME=str(data_home))

    for place in data_home.glob("cartsnitch/*/*"):
        status = place.stat()
        assert status.st_mode & 0o077 == 0
        assert not place.is_dir() or status.st_uid == server_account().uid


def test_data_of_another_postgres_is_refused(up, data_home):
    """The message names both versions, and the data stays as it is."""
    first = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))
    first.stop()
    version = data_home / "cartsnitch" / "postgres" / "data" / "PG_VERSION"
    version.write_text("9\n")

    second = up("--keep", "--postgres", XDG_DATA_HOME=str(data_home))

    assert second.process.wait() == 2
    assert re.search(r"is of Postgres 9, and the server .* is \d+", second.errors.read_text())
    assert version.read_text() == "9\n"


def test_a_folder_too_deep_for_a_socket_is_refused(up, data_home):
    """Before anything is made."""
    deep = data_home / ("x" * 90)

    running = up("--keep", "--redis", XDG_DATA_HOME=str(deep))

    assert running.process.wait() == 2
    assert "a socket's path would take" in running.errors.read_text()
    assert not deep.exists()


def test_a_server_that_ends_by_itself_ends_all(up):
    """The command says so, with exit code 1, and leaves none running."""
    running = up()
    with redis.Redis.from_url(running.settings["CARTSNITCH_REDIS_URL"]) as client:
        pid = client.info("server")["process_id"]

    os.kill(running.postmaster, signal.SIGKILL)

    assert running.process.wait() == 1
    assert "A server ended by itself" in running.errors.read_text()
    until(lambda: not is_running(pid))


def test_a_request_to_stop_that_a_finaliser_swallowed_is_not_lost():
    """It is honoured as soon as the command waits."""
    waited = False

    with _until_asked_to_stop() as stop_if_asked:
        with suppress(BaseException):
            signal.raise_signal(signal.SIGHUP)
        waited = True
        stop_if_asked()
        raise AssertionError("it went on")

    assert waited


def doctor(**environment):
    """Run the doctor; its exit code, and its table as text by backend."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARTSNITCH_")}
    done = subprocess.run(
        [COMMAND, "servers", "doctor"],
        env=clean | {"COLUMNS": "200"} | environment,
        capture_output=True, text=True, check=False, timeout=DEADLINE,
    )  # fmt: skip
    rows, key = {}, ("", "")
    for line in done.stdout.splitlines():
        cells = [cell.strip() for cell in line.strip("│").split("│")]
        if len(cells) == 4:
            key = (cells[0], cells[1].partition(" ")[0]) if cells[0] else key
            rows[key] = f"{rows.get(key, '')} {' '.join(cells[2:])}".strip()
    return done.returncode, rows


def test_the_doctor_tries_every_backend():
    """What runs shows its version, what does not says why, and the default ones decide the exit code."""
    code, rows = doctor(DOCKER_HOST="unix:///nowhere.sock")

    assert code == 0
    assert re.match(r"yes Postgres \d+\.\d+", rows["Postgres", "embedded"])
    assert re.match(r"yes fakeredis \d+", rows["Redis", "fake"])
    assert rows["Postgres", "fake"].startswith("yes SQLite")
    assert re.match("yes (valkey|redis)", rows["Redis", "embedded"])
    for kind, variable in (("Postgres", "DATABASE"), ("Redis", "REDIS")):
        assert re.match("no .*no Docker engine answers", rows[kind, "container"])
        assert re.match(f"no .*CARTSNITCH_TEST_{variable}_URL", rows[kind, "url"])


def test_the_doctor_fails_where_a_default_backend_cannot_run(tmp_path):
    """Without a place for its cache no embedded server runs; the others are tried all the same."""
    (tmp_path / "cartsnitch").touch()

    code, rows = doctor(XDG_CACHE_HOME=str(tmp_path), DOCKER_HOST="unix:///nowhere.sock")

    assert code == 1
    assert rows["Postgres", "embedded"].startswith("no ")
    assert rows["Redis", "fake"].startswith("yes ")


def test_the_compose_file_is_for_this_machine_alone_and_runs_what_tests_run():
    """The images of the container backends, and ports on loopback."""
    text = (Path(__file__).parents[2] / "compose.yaml").read_text(encoding="utf-8")

    assert re.findall(r"^    image: (.*)$", text, re.MULTILINE) == [POSTGRES_IMAGE, REDIS_IMAGE]
    published = re.findall(r"^    ports:\n((?:      - .*\n)+)", text, re.MULTILINE)
    assert len(published) == 2
    assert all(line.strip().startswith('- "127.0.0.1:') for lines in published for line in lines.splitlines())
    assert len(re.findall(r"^    healthcheck:$", text, re.MULTILINE)) == 2
