"""After a run, however it ends: no process and no file of its servers."""

import os
import signal
import subprocess
import sys

import pytest

from survivors import NOTE, gone_in_time, noted
from threads import until

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends what is left")
DEADLINE = 180
REAL_REDIS = "--cartsnitch-redis=embedded"
BOTH = [[REAL_REDIS], [REAL_REDIS, "-n", "2"]]


@pytest.fixture
def start(run, pytester):
    """Start a run to be killed, in a process group of its own and an environment like `run`'s."""
    runs = []

    def start(source: str, *options: str) -> subprocess.Popen:
        path = pytester.makepyfile(test_killed=NOTE + source)
        command = [sys.executable, "-m", "pytest", "-q", REAL_REDIS, *options, path]
        with (pytester.path / "output").open("w") as output:
            runs.append(
                subprocess.Popen(
                    command, cwd=pytester.path, stdout=output, stderr=output, start_new_session=True
                )
            )
        return runs[0]

    yield start
    for process in runs:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("options", BOTH, ids=["alone", "xdist"])
def test_a_run_leaves_no_server_and_no_file(run, pytester, monkeypatch, options):
    """Failing tests included, all of the run's processes and temporary files are gone with it."""
    temporary = pytester.mkdir("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))

    result = run(
        NOTE
        + """
def test_one(postgres_server, redis_server, db_session, redis_client):
    note("one", postgres_server, redis_server)

def test_two(postgres_server, redis_server, db_session, redis_client):
    note("two", postgres_server, redis_server)
    assert False
""",
        *options,
    )

    result.assert_outcomes(passed=1, failed=1)
    for name in ("one", "two"):
        for server in noted(pytester.path / name)[1:]:
            assert not server.runs
            assert not server.folder.exists()
    assert list(temporary.iterdir()) == []


SLEEP = """
import signal

def test_sleep(postgres_server, redis_server, db_session):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    note("servers", postgres_server, redis_server)
    time.sleep(120)
"""
ENDINGS = {
    "pytest, killed": lambda process: process.kill(),
    "pytest, terminated": lambda process: process.terminate(),
    "its process group": lambda process: os.killpg(process.pid, signal.SIGKILL),
}


@linux
@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("options", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_the_servers_of_a_killed_run_end_and_the_next_run_sweeps(run, start, pytester, options, end):
    """A killed pytest, or controller of xdist, takes its servers along; the next start their files."""
    process = start(SLEEP, *options)
    own, postgres, redis = noted(pytester.path / "servers")
    assert own.runs
    assert postgres.runs
    assert redis.runs

    end(process)
    process.wait(DEADLINE)

    assert gone_in_time(own, postgres, redis)
    pytester.path.joinpath("test_killed.py").unlink()
    run("def test_next(database_url): pass").assert_outcomes(passed=1)
    until(lambda: not (postgres.folder.exists() or redis.folder.exists()))


@linux
def test_a_killed_worker_takes_its_own_servers_and_no_other(start, pytester):
    """The other worker's servers go on, and so do its tests."""
    process = start(
        """
def test_victim(postgres_server, redis_server, db_session):
    note("victim", postgres_server, redis_server)
    time.sleep(120)

def test_bystander(postgres_server, redis_server, db_session, redis_client):
    note("bystander", postgres_server, redis_server)
    wait_for("killed")
    assert db_session.connection().exec_driver_sql("SELECT 1").scalar() == 1
    assert redis_client.incr("turns") == 1
""",
        "-n", "2",
    )  # fmt: skip
    worker, *gone = noted(pytester.path / "victim")
    _, *others = noted(pytester.path / "bystander")

    os.kill(worker.pid, signal.SIGKILL)
    assert gone_in_time(*gone)
    assert all(server.runs for server in others)
    (pytester.path / "killed").touch()

    assert process.wait(DEADLINE) == 1
    output = (pytester.path / "output").read_text()
    assert "1 failed, 1 passed" in output
    assert "crashed while running 'test_killed.py::test_victim'" in output
    assert not any(server.runs for server in others)
