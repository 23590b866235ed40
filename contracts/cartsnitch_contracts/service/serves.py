"""What the service serves: its application answers each operation of its document as that says.

The application is asked in process, started as a server starts it, on the test's own database and Redis.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from cartsnitch_contracts import library
from cartsnitch_contracts.errors import meant
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.promise import NOBODY, BrokenPromise, Promise, Untested
from cartsnitch_contracts.service.serving.asking import Known
from cartsnitch_contracts.service.serving.routes import key, routes
from cartsnitch_contracts.service.serving.trial import Trial
from cartsnitch_contracts.service.stubs.contract import contract
from cartsnitch_contracts.topology import title

UNDECLARED = "undeclared"
type Rows = Callable[[], Known]
"""Makes rows for the operations to answer with, and says what of them may be asked for."""


def promises(config: ServiceConfig) -> Iterator[Promise]:
    """One for each operation of the service's document, and one of what the application serves beyond it."""
    if config.app is None:
        return
    for operation in library.snapshot().rest[config.service].operations:
        callers = ", ".join(sorted(title(caller) for caller in operation.callers)) or NOBODY
        yield Promise(
            "serves", operation.name, callers, operation.name, _check_operation(config, operation.name)
        )
    yield Promise("serves", UNDECLARED, NOBODY, "no undeclared route", _check_undeclared(config))


def check_operation(
    config: ServiceConfig, operation: str, *, service_key: str, rows: Rows, search: Search
) -> None:
    """The application answers one operation as the contract says, without rows and with some.

    Asked are: a request without a key (401 or 403), the plainest request and one for each value of each
    parameter, each example of the body, what the contract rejects, and what schemathesis generates.

    Raises:
        BrokenPromise: it lacks the operation, cannot be started, or answers otherwise.
        Untested: no right request was answered with a success, so that nothing is known of one.
    """
    promised = contract(config.service, "next")
    app = load(config)
    _has(config, app, promised.operation(operation))
    asked = promised.operation(operation)
    Trial(config, app, contract=promised, operation=asked, key=service_key, how_long=search).run(rows)


def check_undeclared(config: ServiceConfig) -> None:
    """The application serves nothing that its document does not have.

    Raises:
        Untested: it does: nothing says what those operations promise.
        BrokenPromise: it cannot be imported.
    """
    declared = {key(operation.name) for operation in library.snapshot().rest[config.service].operations}
    beyond = sorted((routes(load(config)) or frozenset()) - declared)
    if beyond:
        raise Untested(
            f"{config.app} serves {', '.join(beyond)}, which no document has: "
            "nothing says what that promises, and no other service may call it"
        )


def load(config: ServiceConfig) -> Any:
    """The application that the configuration names.

    Raises:
        BrokenPromise: there is none; the message says why and where it is declared.
    """
    module, _, path = str(config.app).partition(":")
    declared = f"declared {config.path.name}:{config.line_of('app')}"
    found: Any = None
    near = ""
    try:
        found = import_module(module)
        for name in path.split("."):
            near = meant(name, dir(found))
            found = getattr(found, name)
    except Exception as error:
        raise BrokenPromise(
            f"{config.app} cannot be imported: {type(error).__name__}: {error}"
            f"{near and f'.{near}'}\n{declared}\n"
            "fix      mend the import, or name the application in app"
        ) from error
    if not callable(found):
        raise BrokenPromise(
            f"{config.app} is a {type(found).__name__} and no ASGI application.\n{declared}\n"
            'fix      name the application: app = "stickershock.main:app"'
        )
    return found


def _has(config: ServiceConfig, app: Any, operation: Operation) -> None:
    known = routes(app)
    if known is not None and key(operation.name) not in known:
        callers = ", ".join(title(caller) for caller in operation.callers) or "nobody in particular"
        raise BrokenPromise(
            f"{config.app} does not serve {operation.name}, which its contract has.\n"
            f"serves    {', '.join(sorted(known)) or 'nothing'}\n"
            f"contract  documents/rest/{config.service}/next.json; called by {callers}\n"
            "fix       serve it; to take it away, first take it out of the contract: "
            "`cartsnitch contracts check` says who stops"
        )


def _check_operation(config: ServiceConfig, operation: str) -> Callable[..., None]:
    def check(
        service_environment: object, serves_key: str, serves_rows: Rows, cartsnitch_search: Search
    ) -> None:
        check_operation(config, operation, service_key=serves_key, rows=serves_rows, search=cartsnitch_search)

    return check


def _check_undeclared(config: ServiceConfig) -> Callable[..., None]:
    def check(service_environment: object) -> None:
        check_undeclared(config)

    return check
