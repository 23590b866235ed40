"""The last outcome of each promise, in the cache of pytest, where `cartsnitch contracts doctor` finds it."""

from typing import TYPE_CHECKING, Final

import pytest

from cartsnitch_pytest.promises.collection import PROPERTY
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.kinds import promises

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig

KEY: Final = "cartsnitch/promises"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """In the process that sees all reports, where there is a cache."""
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Outcomes(cache, config.stash[DECLARED]))


class _Outcomes:
    def __init__(self, cache: pytest.Cache, declared: "ServiceConfig") -> None:
        self._cache = cache
        self._declared = declared
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
        """A run of some promises leaves the outcomes of the others as they were, while they are made."""
        if not self._seen:
            return
        file = next(iter(self._seen)).partition("::")[0]
        made = {f"{file}::{promise.title}" for promise in promises(self._declared)}
        before: dict[str, dict[str, str]] = self._cache.get(KEY, {})
        kept = {each: before[each] for each in before if each in made or not each.startswith(f"{file}::")}
        self._cache.set(KEY, {**kept, **self._seen})
