"""What the service's code reads while its tests run: held against its statement, or written there."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cartsnitch_contracts.diff.collect import OWN
from cartsnitch_contracts.service.recording import Recorder
from cartsnitch_contracts.service.recording.statement import judge, write
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.recording import EMITTED

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig

READS: "Final[pytest.StashKey[Reads]]" = pytest.StashKey()
SEEN: Final = "cartsnitch_reads"
DISTRIBUTION: Final = "cartsnitch-common"


def begin(config: pytest.Config) -> None:
    """Record from now on, before a conftest imports a module of the service, until the run is over."""
    reads = config.stash[READS] = Reads(config)
    config.add_cleanup(reads.end)


def pytest_configure(config: pytest.Config) -> None:
    """Hear of what is run."""
    config.pluginmanager.register(config.stash[READS])


def reads_row(config: pytest.Config) -> str:
    """What the summary says of reads: `6 of 9 fields`, and what of them is not stated."""
    return config.stash[READS].told


class Reads:
    """The recording of a run; under xdist each worker has one, and the controller joins them.

    Attributes:
        told: what came of it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._declared = declared = config.stash[DECLARED]
        self._recorder = Recorder(declared.service, roots(declared), declared.folder, declared.consumes)
        self._recording = ExitStack()
        self._recording.enter_context(self._recorder.recording())
        self._ran = False
        self.told = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Runs that only show something, such as fixtures, have none."""
        self._ran = self._ran or report.when == "call"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker saw; one that crashed is told of by others."""
        if output := getattr(node, "workeroutput", None):
            self._recorder.load(json.loads(output[SEEN]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge what was read, or write it; a run whose service reads more than it says fails."""
        self._recording.close()
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[SEEN] = json.dumps(self._recorder.dump())
        elif self._config.getoption("cartsnitch_record"):
            self.told, written = self._write(session)
            session.exitstatus = session.exitstatus if written else session.exitstatus or 1
        else:
            judged = judge(self._recorder, self._file, pins=version(DISTRIBUTION))
            self.told = str(judged)
            if judged.undeclared and not session.exitstatus:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def end(self) -> None:
        """Also where the run ended before it began."""
        self._recording.close()

    @property
    def _file(self) -> Path:
        return self._declared.folder / OWN.replace("<service>", self._declared.service)

    def _write(self, session: pytest.Session) -> tuple[str, bool]:
        emitted = self._config.stash[EMITTED]
        why_not = "" if emitted.whole else emitted.why_not
        if not self._ran:
            why_not = why_not or "no test ran"
        if session.testsfailed:
            why_not = f"{session.testsfailed} tests failed"
        if why_not:
            return (
                f"{self._file.name} is not written: {why_not}. Run all tests with --cartsnitch-record",
                False,
            )
        return write(self._recorder, self._file, self._declared, pins=version(DISTRIBUTION)), True


def roots(declared: "ServiceConfig") -> list[Path]:
    """Where the packages lie that the declaration names, and all that are installed with the project."""
    places = [*declared.consumes.values(), *([declared.app] if declared.app else [])]
    names = {each.partition(":")[0].partition(".")[0] for each in places}
    return sorted({*_installed(declared.name), *(root for name in names for root in _lies(name))})


def _installed(name: str) -> Iterator[Path]:
    """Whatever of a distribution is no test, wherever it was installed."""
    try:
        installed = distribution(name)
    except (PackageNotFoundError, ValueError):  # not installed, or without a name
        return
    for first in {file.parts[0] for file in installed.files or () if file.suffix == ".py"}:
        if first not in (os.pardir, "tests", "test", "conftest.py") and not first.startswith("test_"):
            yield Path(str(installed.locate_file(first)))


def _lies(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        yield from map(Path, spec.submodule_search_locations)
    elif spec is not None and spec.origin:
        yield Path(spec.origin)
