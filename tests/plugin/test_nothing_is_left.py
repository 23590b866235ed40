"""After a run, however it ends: no process and no file of its servers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENDED_WITHIN = 20.0

NOTE_SERVERS = """
    import os, time
    from pathlib import Path

    def note(name, postgres_server, redis_client):
        folder = Path(postgres_server.address.folder).parent
        pid = (folder / "data" / "postmaster.pid").read_text().split()[0]
        Path(name + ".new").write_text(f"{pid} {folder}")
        os.rename(name + ".new", name)
"""


def is_running(pid: int) -> bool:
    """Whether a process lives; one that ended and was not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + ENDED_WITHIN
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def noted(path: Path) -> tuple[int, Path]:
    wait_until(path.exists, "the inner test did not start its server")
    pid, folder = path.read_text().split()
    return int(pid), Path(folder)


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_run_leaves_no_server_and_no_file(run, pytester, monkeypatch, options):
    """Failing tests included, all of the run's processes and temporary files are gone with it."""
    temporary = pytester.mkdir("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))

    result = run(
        NOTE_SERVERS
        + """
    def test_one(postgres_server, redis_client, db_session):
        note("one", postgres_server, redis_client)

    def test_two(postgres_server, redis_client, db_session):
        note("two", postgres_server, redis_client)
        assert False
    """,
        *options,
    )

    result.assert_outcomes(passed=1, failed=1)
    for name in ("one", "two"):
        pid, folder = noted(pytester.path / name)
        assert not is_running(pid)
        assert not folder.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends what a killed run left")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=lambda ending: ending.name)
@pytest.mark.parametrize("options", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_the_servers_of_a_killed_run_end_and_the_next_run_sweeps(run, pytester, ending, options):
    """A killed pytest takes its server along; the folder that it leaves is removed by the next start."""
    pytester.makepyfile(
        test_sleep=NOTE_SERVERS
        + """
    def test_sleep(postgres_server, redis_client, db_session):
        note("one", postgres_server, redis_client)
        time.sleep(120)
    """
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *options, "test_sleep.py"],
        cwd=pytester.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as pytest_process:  # fmt: skip
        pid, folder = noted(pytester.path / "one")
        assert is_running(pid)
        pytest_process.send_signal(ending)
    wait_until(lambda: not is_running(pid), "the server outlived its pytest")

    pytester.path.joinpath("test_sleep.py").unlink()
    run("def test_next(database_url): pass").assert_outcomes(passed=1)

    assert not folder.exists()
