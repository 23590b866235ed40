"""A service's project, whose tests run in a pytest of their own."""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

CACHE = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))  # before pytester moves the home

STRICT = [
    "-p", "no:cacheprovider", "-p", "no:valkey", "-p", "no:schemathesis", "-W", "error",
    "-W", "ignore:The configuration option:pytest.PytestDeprecationWarning",  # by pytest-asyncio
]  # fmt: skip


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new process of pytest inherits, without what belongs to this one."""
    monkeypatch.setenv("XDG_CACHE_HOME", CACHE)
    for name in [name for name in os.environ if name.startswith(("CARTSNITCH_", "PYTEST_", "COV_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(pytester: pytest.Pytester, clean_environment: None) -> Callable[..., pytest.RunResult]:
    """Run a module of tests in a new process, every warning an error: `run(source, *options)`."""

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(*STRICT, *options)

    return run


class Project:
    """The repository of a service: a declaration, a package `shock`, and tests."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.folder = pytester.path
        self._pytester = pytester
        self.write("tests/conftest.py", "")

    def declare(self, toml: str, *, service: str = "stickershock", database: bool = False) -> None:
        """Write what it promises below `[tool.cartsnitch]`; without `database` that it uses none."""
        toml += "" if database else "\n[tool.cartsnitch.database]\nuse = false\n"
        settings = 'testpaths = ["tests"]\nasyncio_default_fixture_loop_scope = "function"'
        text = f'[tool.cartsnitch]\nservice = "{service}"\n{toml}\n[tool.pytest.ini_options]\n{settings}\n'
        self.write("pyproject.toml", text)

    def write(self, path: str, source: str) -> None:
        """Write one of its files."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))

    def run(self, *options: str, contracts: bool = True, cache: bool = False) -> pytest.RunResult:
        """Run its tests in a new process, with its promises; with a `cache`, which other runs do without."""
        switch = ["--cartsnitch-contracts"] if contracts else []
        strict = STRICT[2:] if cache else STRICT
        return self._pytester.runpytest_subprocess(*strict, *switch, *options)


@pytest.fixture
def project(pytester: pytest.Pytester, clean_environment: None) -> Project:
    """A service without promises or tests yet."""
    return Project(pytester)
