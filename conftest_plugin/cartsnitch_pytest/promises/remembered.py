"""The last outcome of each promise, in the cache of pytest, where `cartsnitch contracts doctor` finds it."""

from typing import Final

import pytest

from cartsnitch_pytest.promises.collection import PROPERTY

KEY: Final = "cartsnitch/promises"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """In the process that sees all reports, where there is a cache."""
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Outcomes(cache))


class _Outcomes:
    def __init__(self, cache: pytest.Cache) -> None:
        self._cache = cache
        self._seen: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a promise the call counts, or what kept it from being called."""
        if not any(name == PROPERTY for name, _ in report.user_properties):
            return
        if report.when == "call" or not report.passed:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            outcome = {"outcome": report.outcome, "reason": reason.removeprefix("Skipped: ")}
            self._seen[report.nodeid] = outcome

    def pytest_sessionfinish(self) -> None:
        """A run of some promises leaves the outcomes of the others as they were."""
        if self._seen:
            self._cache.set(KEY, {**self._cache.get(KEY, {}), **self._seen})
