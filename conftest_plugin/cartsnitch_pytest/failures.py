"""What is kept of tests that fail (`--cartsnitch-keep-db`), and how to look at it."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from cartsnitch_fixtures.servers.postgres import PostgresServer

FAILED: Final = pytest.StashKey[bool]()
KEPT: Final = pytest.StashKey[dict[str, str]]()
"""By the URL of each database that is kept: whose test's it is, and once its server ended how to open it."""


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is kept so far."""
    config.stash[KEPT] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a failure where the test's fixtures see it."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def is_to_be_kept(test: pytest.Item, url: str) -> bool:
    """Whether the database of this test is wanted: the test failed, in a run that keeps those."""
    keep = bool(test.config.getoption("--cartsnitch-keep-db")) and test.stash.get(FAILED, False)
    if keep:
        test.config.stash[KEPT][url] = test.nodeid
    return keep


def tell_kept(config: pytest.Config, server: "PostgresServer") -> None:
    """Once a server ended: remember the commands that open what it kept."""
    kept = config.stash[KEPT]
    for url, command in server.kept.items():
        kept[url] = f"{kept.get(url, 'a test')}\n  {command}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist hands on what it kept."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["cartsnitch_kept"] = session.config.stash[KEPT].copy()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The run takes over what a worker kept."""
    config: pytest.Config = node.config
    kept: dict[str, str] = getattr(node, "workeroutput", {}).get("cartsnitch_kept", {})
    config.stash[KEPT].update(kept)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print a ready command for each database that was kept."""
    if kept := config.stash[KEPT]:
        terminalreporter.section("databases of failed tests")
        for text in kept.values():
            terminalreporter.line(text)
