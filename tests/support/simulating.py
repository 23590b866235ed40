"""`cartsnitch market simulate` as a process: run to its end, or stopped dead on the way."""

import subprocess
import sys
import time

COMMAND = [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "market", "simulate"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "200", "TERM": "dumb"}


def simulate(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False, **options,
    )  # fmt: skip


def simulated(*arguments, **options):
    done = simulate(*arguments, **options)
    assert done.returncode == 0, done.stderr
    return done


def begun(*arguments, state):
    """A run that was stopped dead as soon as it had noted down how far it was."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    before = state.stat().st_mtime_ns if state.exists() else None
    while not state.exists() or state.stat().st_mtime_ns == before:
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert state.exists()


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if not path.is_dir()
    }
