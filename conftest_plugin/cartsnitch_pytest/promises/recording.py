"""What the tests publish on their Redis and call of stubs is kept, and judged once all of them are over."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from cartsnitch_contracts.service.calls import check_undeclared
from cartsnitch_contracts.service.emitted import Called, Emitted, Message
from cartsnitch_pytest.promises.collection import PromiseItem
from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.partial import leaves_out_always, why_partial
from cartsnitch_pytest.redis import LISTENING
from cartsnitch_pytest.stubs import CALLED

if TYPE_CHECKING:
    from cartsnitch_contracts.service.stubs import Stub
    from cartsnitch_fixtures.servers.redis import RedisKeyspace

EMITTED: Final = pytest.StashKey[Emitted]()
_DESELECTED: Final = "cartsnitch_deselected"


def pytest_configure(config: pytest.Config) -> None:
    """From now on, what is published is kept."""
    config.stash[EMITTED] = Emitted()
    config.stash[LISTENING] = _listening
    config.stash[CALLED] = _called
    config.pluginmanager.register(_Completeness(config))


@pytest.fixture(scope="session")
def cartsnitch_emitted(request: pytest.FixtureRequest) -> Emitted:
    """Every message that was published on the Redis of a test so far."""
    return request.config.stash[EMITTED]


@contextmanager
def _listening(test: pytest.Item, keyspace: "RedisKeyspace") -> Iterator[None]:
    """Keep what is published on a test's Redis as long as the block lasts."""
    from cartsnitch_fixtures.servers.recorded import RecordedMessages  # noqa: PLC0415 - it needs redis

    recorded = RecordedMessages(keyspace.client())
    yield
    own = not isinstance(test, PromiseItem)
    messages = [Message(channel, raw, test.nodeid, own) for channel, raw in recorded.take()]
    test.config.stash[EMITTED].messages += messages
    recorded.close()


def _called(test: pytest.Item, stub: "Stub") -> None:
    """Keep what a test called of a stub.

    Raises:
        BrokenPromise: it called, and the service declares no call at all; else that is a promise by itself.
    """
    own = not isinstance(test, PromiseItem)
    made = [
        Called(stub.service, str(each), each.operation, each.outcome, each.is_wrong, test.nodeid, own)
        for each in stub.requests
    ]
    test.config.stash[EMITTED].calls += made
    declared = test.config.stash[DECLARED]
    if not declared.calls:
        check_undeclared(declared, Emitted(calls=made))


class _Completeness:
    """Notes why a run leaves tests out: then nobody can say what none of them does."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._emitted = config.stash[EMITTED]
        self._usual = leaves_out_always(config)
        self._deselected = False
        if why := why_partial(config):
            self._note(why)

    def pytest_deselected(self) -> None:
        """By whatever plugin."""
        self._deselected = True
        if not self._usual:
            self._note("some tests were deselected")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Under xdist the workers alone select."""
        if getattr(node, "workeroutput", {}).get(_DESELECTED):
            self.pytest_deselected()

    def pytest_sessionfinish(self) -> None:
        """Tell the controller of xdist; whether that is as always it knows itself."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_DESELECTED] = self._deselected

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported has tests that do not run."""
        if report.failed:
            self._note(f"{report.nodeid} could not be collected")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Tests are left out also where the run stops early."""
        try:
            return (yield)
        finally:
            if session.shouldstop or session.shouldfail:
                self._note("the run stopped early")

    def _note(self, why: str) -> None:
        if self._emitted.whole:
            self._emitted.whole, self._emitted.why_not = False, why
