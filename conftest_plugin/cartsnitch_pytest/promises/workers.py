"""Under pytest-xdist each worker keeps what it saw; the controller judges all of it as one run."""

import time
from collections.abc import Generator
from typing import Any, Final, Literal

import pytest

from cartsnitch_contracts.service.emitted import Emitted
from cartsnitch_contracts.service.promise import BrokenPromise, Promise, Untested
from cartsnitch_pytest.promises.collection import PROPERTY, is_last
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.kinds import promises
from cartsnitch_pytest.promises.recording import EMITTED

_PHASES: Final[tuple[Literal["setup", "call", "teardown"], ...]] = ("setup", "call", "teardown")
type Outcome = Literal["passed", "failed", "skipped"]
SEEN: Final = "cartsnitch_emitted"
LAST: Final = "cartsnitch_last"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """The part that this process has."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(_Worker(config))
    elif config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(_Controller(config))


class _Worker:
    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._last: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Leave what is judged at the end to the controller."""
        yield
        self._last = [item.nodeid for item in items if is_last(item)]
        items[:] = [item for item in items if not is_last(item)]

    def pytest_sessionfinish(self) -> None:
        """Hand over what was seen."""
        output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]  # xdist's
        output[SEEN] = self._config.stash[EMITTED].dump()
        output[LAST] = self._last


class _Controller:
    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._last: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker saw; what one that crashed saw is lost."""
        emitted = self._config.stash[EMITTED]
        output: dict[str, Any] | None = getattr(node, "workeroutput", None)
        if output is None:
            emitted.whole, emitted.why_not = False, "a worker crashed"
            return
        emitted.load(output[SEEN])
        self._last = self._last or output[LAST]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """All tests are over, and the exit code is not told yet."""
        result = yield
        session.testscollected += len(self._last)
        declared = self._config.stash[DECLARED]
        known = {promise.title: promise for promise in promises(declared) if promise.last}
        for nodeid in self._last:
            self._report(nodeid, known[nodeid.partition("::")[2]])
        return result

    def _report(self, nodeid: str, promise: Promise) -> None:
        """Tell the outcome as that of any test."""
        began = time.perf_counter()
        declared = self._config.stash[DECLARED]
        line = declared.line_of(promise.kind)
        outcome, told = _judge(promise, self._config.stash[EMITTED])
        longrepr = (str(declared.path), line, told) if told and outcome == "skipped" else told
        location = (nodeid.partition("::")[0], line - 1, nodeid.partition("::")[2])
        hook = self._config.hook
        hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
        for when in _PHASES:
            called = when == "call"
            report = pytest.TestReport(
                nodeid,
                location,
                {},
                outcome if called else "passed",
                longrepr if called else None,
                when,
                duration=time.perf_counter() - began if called else 0,
                user_properties=[(PROPERTY, (promise.kind, promise.counterpart, promise.subject))],
            )
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)


def _judge(promise: Promise, emitted: Emitted) -> tuple[Outcome, str | None]:
    try:
        promise.check(emitted)
    except BrokenPromise as broken:
        return "failed", str(broken)
    except Untested as reason:
        return "skipped", f"Skipped: {reason}"
    return "passed", None
