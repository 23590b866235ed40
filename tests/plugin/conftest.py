"""A service's project, whose tests run in a pytest of their own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

CACHE = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))  # before pytester moves the home

STRICT = [
    "-p", "no:cacheprovider", "-p", "no:valkey", "-W", "error",
    "-W", "ignore:The configuration option:pytest.PytestDeprecationWarning",  # by pytest-asyncio
]  # fmt: skip


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Run a module of tests in a new process, every warning an error: `run(source, *options)`."""
    monkeypatch.setenv("XDG_CACHE_HOME", CACHE)
    for name in [name for name in os.environ if name.startswith(("CARTSNITCH_", "PYTEST_", "COV_"))]:
        monkeypatch.delenv(name)

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(*STRICT, *options)

    return run
