"""What is kept of tests that fail: their receipts' seeds, and with `--cartsnitch-keep-db` their databases."""

import os
from collections.abc import Collection, Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from cartsnitch_fixtures.servers.isolation import SharedDatabase
    from cartsnitch_fixtures.servers.postgres import PostgresServer

FAILED: Final = pytest.StashKey[bool]()
REPLAYS: "Final[pytest.StashKey[Collection[str]]]" = pytest.StashKey()
"""The last calls that made a test's receipts, with their seeds."""
DATABASE: "Final[pytest.StashKey[SharedDatabase]]" = pytest.StashKey()
"""The database that the tests share, once one of them has it."""
SERVER: "Final[pytest.StashKey[PostgresServer]]" = pytest.StashKey()
"""The server of this run, whosever fixture started it."""
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
        if replays := item.stash.get(REPLAYS, None):
            report.sections.append(("receipts of this test, to make again", "\n".join(replays)))
    return report


def is_to_be_kept(test: pytest.Item, url: str) -> bool:
    """Whether the database of this test is wanted: the test failed, in a run that keeps those."""
    keep = bool(test.config.getoption("--cartsnitch-keep-db")) and test.stash.get(FAILED, False)
    if keep:
        test.config.stash[KEPT][url] = test.nodeid
    return keep


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Now that its server ended: how to open what it kept. A worker of xdist hands it on."""
    config = session.config
    server = config.stash.get(SERVER, None)
    for url, command in (server.kept if server else {}).items():
        config.stash[KEPT][url] = f"{config.stash[KEPT].get(url, 'a test')}\n  {command}"
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:  # the same URL may mean another database in each worker
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        output["cartsnitch_kept"] = {f"{worker} {url}": text for url, text in config.stash[KEPT].items()}


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
