"""One run of pytest over generated tests, and what it measured of each."""

import json
import resource
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.isolation.environment import Environment

HERE = Path(__file__).parent
OTHERS = ("anyio", "faker", "hypothesispytest", "platformdirs", "xdist", "xdist.looponfail", "postgresql")
"""Plugins of the environment that no way needs but the one that names it; a project has its own."""
INSERT = """
import pytest
from cartsnitch_common.models import User

@pytest.mark.parametrize("number", range({tests}))
def test_five_rows(number, {fixture}):
    for row in range(5):
        {fixture}.add(User(email=f"user-{{row}}@example.org", hashed_password="x"))
    {fixture}.commit()
"""
NOTHING = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    pass
"""


@dataclass(frozen=True)
class Way:
    """A way to give each test a database: one of `conftests/`, the fixture that tests ask for, options."""

    label: str
    conftest: str = "ours"
    fixture: str = "db_session"
    tests: int = 150
    warm_up: int = 10
    options: tuple[str, ...] = ()
    plugins: frozenset[str] = frozenset()
    variables: Mapping[str, str] = field(default_factory=dict)
    body: str = INSERT


@dataclass(frozen=True)
class Test:
    """Seconds that the phases of one test took; `whole` is from its start to the next test's."""

    setup: float
    call: float
    teardown: float
    whole: float

    @property
    def around(self) -> float:
        """Set-up and tear-down, in seconds."""
        return self.setup + self.teardown


@dataclass(frozen=True)
class Run:
    """A run of pytest: its tests but the last, in order; `seconds` from its start to its end.

    `processor` are the seconds of processors that it took, which the load of the machine changes less;
    `warm` are the tests without the first ones, which import, connect and compile.
    """

    tests: list[Test]
    warm: list[Test]
    seconds: float
    processor: float
    sqlalchemy: bool


class RunFailedError(Exception):
    """A run that cannot be measured; the message is the first line of the reason."""


def run(environment: Environment, way: Way, extra: Sequence[str] = (), **variables: str) -> Run:
    """Run the tests of a way.

    Raises:
        RunFailedError: pytest or a test failed.
    """
    folder = environment.folder("project")
    shutil.copy(HERE / "recorder.py", folder / "recorder.py")
    shutil.copy(HERE / "conftests" / f"{way.conftest}.py", folder / "conftest.py")
    (folder / "test_rows.py").write_text(way.body.format(tests=way.tests, fixture=way.fixture))
    (folder / "pytest.ini").write_text("[pytest]")
    blocked = [part for name in OTHERS if name not in way.plugins for part in ("-p", f"no:{name}")]
    command = environment.command(
        "-m", "pytest", "-p", "no:cacheprovider", "-p", "recorder", *blocked, *way.options, *extra
    )
    start, busy = time.perf_counter(), _processor()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment.variables(
            PYTHONPATH=str(folder), RECORD=str(folder / "record.json"), **{**way.variables, **variables}
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, processor = time.perf_counter() - start, _processor() - busy
    try:
        record = json.loads((folder / "record.json").read_text())
    except FileNotFoundError:
        raise RunFailedError(_first_line(done.stderr or done.stdout)) from None
    for report in record["reports"]:
        if report["error"]:
            raise RunFailedError(_first_line(report["error"]))
    tests = _tests(record["reports"])
    return Run(tests, tests[way.warm_up :], seconds, processor, record["sqlalchemy"])


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tests(reports: list[dict[str, float]]) -> list[Test]:
    tests = [reports[at : at + 3] for at in range(0, len(reports), 3)]
    return [
        Test(setup["seconds"], call["seconds"], teardown["seconds"], following[0]["start"] - setup["start"])
        for (setup, call, teardown), following in pairwise(tests)
    ]


def _first_line(text: str) -> str:
    """The line that says why: pytest marks that of an exception with an E."""
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
    return (lines or [line for line in text.splitlines() if line.strip()] or ["no output"])[0]
