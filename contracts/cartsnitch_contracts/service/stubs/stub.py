"""A stand-in for another service."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.service.onlookers import SEEN, answered
from cartsnitch_contracts.service.stubs.answers import Answer, Fault
from cartsnitch_contracts.service.stubs.asgi import App
from cartsnitch_contracts.service.stubs.behaviour import EVERY, Behaviour
from cartsnitch_contracts.service.stubs.contract import Contract, contract
from cartsnitch_contracts.service.stubs.errors import StubError, WrongCallError
from cartsnitch_contracts.service.stubs.loopback import Loopback
from cartsnitch_contracts.service.stubs.received import Received, Violation
from cartsnitch_contracts.service.stubs.report import wrong_calls
from cartsnitch_contracts.service.stubs.rules import On, Rules
from cartsnitch_contracts.service.stubs.syncs import Syncs
from cartsnitch_contracts.service.stubs.transport import StubTransport

if TYPE_CHECKING:
    from cartsnitch_common.models import Base


def stub(service: str, *, version: str = NEXT) -> "Stub":
    """A stand-in for a service, by its name on the wire.

    >>> receiptwitness = stub("receiptwitness")
    >>> import httpx
    >>> with httpx.Client(transport=receiptwitness.transport, base_url=receiptwitness.base_url) as client:
    ...     page = client.get("/purchases", headers={"X-Service-Key": "of a test"}).json()
    >>> page["items"][0]["total"], page["has_more"]
    ('41.17', False)

    Raises:
        StubError: no service of that name serves REST; the message lists those that do.
        DocumentError: there is no such version of the documents.
    """
    return Stub(contract(service, version))


class Stub:
    """Answers as a service's contract says, and notes what it is asked.

    Use it as `stub.transport` of an httpx client, as the ASGI application `stub.app`, or on a port of this
    machine: at `stub.url`, or in a block by `with stub.serve() as url`.

    Attributes:
        service: its name on the wire.
        base_url: the address that clients on `transport` may use; every other does as well.
        requests: what was received, in order.
        app: the ASGI application. Where a response breaks off, it raises what a socket would.
    """

    def __init__(self, contract: Contract) -> None:
        self.service = contract.service
        self.base_url = f"http://{contract.service}"
        self.requests: list[Received] = []
        self.app = App(self.handle)
        self._contract = contract
        self._rules: dict[str, Rules] = {}
        self._behaviour = Behaviour(contract, self._rules)
        self._is_down = False
        self._loopbacks: list[Loopback] = []
        self._lock = threading.RLock()
        self._open = ExitStack()
        self._url: str | None = None

    def on(self, operation: str | None = None) -> On:
        """What to answer to `GET /prices`; without a name, to every operation.

        Raises:
            DocumentError: the service has no such operation; the message lists those that it has.
        """
        found = self._contract.operation(operation) if operation is not None else None
        return On(self._rules.setdefault(operation or EVERY, Rules()), self._contract, found)

    def add(self, *things: "BaseModel | Mapping[str, Any] | Base", to: str = "") -> None:
        """Let objects be found in lists and by their id, in the place of those of the contract's examples.

        An object is one of the schema classes (`PurchaseDetail`, `ObservedPrice`), a row (`Purchase`,
        `NormalizedProduct`, `PriceHistory`) that is saved, or a mapping as JSON has it. With `to`, a path as
        `/purchases`, a mapping may leave fields out: they are as in the example.

        Raises:
            StubError: an object does not keep the contract, or `to` is no collection.
        """
        with self._lock:
            for thing in things:
                self._behaviour.stock.add(thing, to)

    @property
    def violations(self) -> list[tuple[Received, Violation]]:
        """What callers did wrong so far, with the request in which; `forgive` empties it."""
        return [(wrong, each) for wrong in self.requests if wrong.is_wrong for each in wrong.violations]

    def forgive(self) -> None:
        """Take no offence at the wrong calls so far: a test meant them."""
        for received in self.requests:
            received.forgiven = True

    def verify(self) -> None:
        """Fail where it was called as the contract does not allow; the fixture does so at a test's end.

        Raises:
            WrongCallError: lists every wrong call.
        """
        if self.violations:
            raise WrongCallError(wrong_calls(self.service, self._contract.document.version, self.requests))

    @property
    def syncs(self) -> Syncs:
        """The synchronisations that ReceiptWitness was asked for.

        Raises:
            StubError: this is another service's stub.
        """
        if self._behaviour.syncs is None:
            raise StubError(f"Only ReceiptWitness synchronises; this is a stub of {self.service!r}.")
        return self._behaviour.syncs

    @property
    def transport(self) -> Any:
        """For the argument `transport` of `httpx.Client` and `httpx.AsyncClient`, and for those of httpx2."""
        return StubTransport(self.handle)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Listen on a free port of 127.0.0.1, for any client; the URL has no slash at its end."""
        with Loopback(self.handle) as loopback:
            self._loopbacks.append(loopback)
            try:
                yield loopback.url
            finally:
                self._loopbacks.remove(loopback)

    @property
    def url(self) -> str:
        """The address of a port where it listens until `close`; the fixture `stub` closes at a test's end."""
        if self._url is None:
            self._url = self._open.enter_context(self.serve())
        return self._url

    def close(self) -> None:
        """Listen no more at `url`."""
        self._open.close()
        self._url = None

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens while the block runs: connections are refused, on the ports too."""
        self._is_down = True
        for loopback in self._loopbacks:
            loopback.stop()
        try:
            yield
        finally:
            for loopback in self._loopbacks:
                loopback.start()
            self._is_down = False

    def handle(self, received: Received) -> Answer:
        """The answer to a request, which is noted; for a way of transport of your own."""
        with self._lock:
            seen = SEEN in received.headers
            received.headers = {name: each for name, each in received.headers.items() if name != SEEN}
            refused = Answer(503, fault=Fault.REFUSED)
            answer = refused if self._is_down else self._behaviour.answer(received)
            received.outcome = answer.outcome
            if received.operation is not None and answer.fault is not Fault.REFUSED:
                answered(self.service, received.operation, seen=seen)
            self.requests.append(received)
            return answer
