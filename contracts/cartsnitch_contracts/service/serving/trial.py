"""One operation of a running application, asked in every way, until an answer is wrong."""

from collections.abc import Callable, Iterable

from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.promise import BrokenPromise, Untested
from cartsnitch_contracts.service.refusals import explanation
from cartsnitch_contracts.service.serving import report
from cartsnitch_contracts.service.serving.application import (
    Application,
    CannotRunError,
    Running,
    running,
)
from cartsnitch_contracts.service.serving.asking import Asked, Asking, Known
from cartsnitch_contracts.service.serving.generated import Generated, search
from cartsnitch_contracts.service.serving.judging import REFUSALS, misfits
from cartsnitch_contracts.service.serving.wire import Request, Response
from cartsnitch_contracts.service.stubs.contract import Contract

EMPTY, FILLED = "no row but the application's own", "with the rows of the fixture serves_rows"
AS_PROMISED = (
    "answer as the contract says; or change the contract first, which `cartsnitch contracts check` judges"
)
DEMANDED = "demand the header X-Service-Key for every path, before anything else is looked at"
DETAILED = "the status is right; answer with rest.ProblemDetails as application/problem+json"


class Trial:
    """Asks an operation, and counts what was answered with success.

    Raises:
        BrokenPromise: an answer is not as the contract says; the message is the whole report.
        Untested: no right request was answered with a success.
    """

    def __init__(
        self,
        declared: ServiceConfig,
        app: Application,
        *,
        contract: Contract,
        operation: Operation,
        key: str,
        how_long: Search,
    ) -> None:
        self._declared, self._app = declared, app
        self._contract, self._operation, self._how_long = contract, operation, how_long
        self._asking = Asking(operation, contract, key)
        self._world = EMPTY
        self._asked = self._succeeded = 0

    def run(self, rows: Callable[[], Known]) -> None:
        """Everything, first without rows and then with those that `rows` makes."""
        try:
            with running(self._app) as service:
                self._nobody(service)
                self._each(service, self._asking.wrong())
                for known in (dict, rows):
                    self._fill(service, known())
        except CannotRunError as error:
            raise BrokenPromise(f"{self._declared.app} cannot be run: {error}") from error
        if not self._succeeded:
            raise Untested(
                f"none of {self._asked} right requests of {self._operation.name} was answered with "
                f"{self._contract.success(self._operation)}: let the fixture serves_rows make rows for it"
            )

    def _fill(self, service: Running, known: Known) -> None:
        self._world = FILLED if known else EMPTY
        self._each(service, self._asking.right(known))
        search(
            self._contract.document,
            self._operation,
            known,
            self._how_long,
            lambda generated: self._raw(service, generated),
        )

    def _nobody(self, service: Running) -> None:
        """Who sends no key is refused, whatever is asked."""
        asked = self._asking.without_key()
        response = service.send(asked.request)
        if response.status not in REFUSALS:
            wrong, fix = [f"status {response.status}, and without a key 401 or 403 is due"], DEMANDED
        else:
            wrong = misfits(response, self._operation, self._contract, like=str(REFUSALS[0]))
            fix = DETAILED
        if wrong:
            self._tell(asked.request, asked.why, response, wrong, fix)

    def _each(self, service: Running, requests: Iterable[Asked]) -> None:
        for asked in requests:
            response = service.send(asked.request)
            wrong = misfits(response, self._operation, self._contract, service.raised)
            fix = self._fix(service.raised)
            if not wrong:
                wrong, fix = self._unfitting(asked, response)
            if wrong:
                self._tell(asked.request, asked.why, response, wrong, fix)
            if asked.right:
                self._asked += 1
                self._succeeded += response.is_success

    def _unfitting(self, asked: Asked, response: Response) -> tuple[list[str], str]:
        """What is wrong with an answer that would be right to another request."""
        if response.status == 401:
            fix = "let the fixture serves_key return a key that the application takes"
            return ["the key is refused that the fixture serves_key gave"], fix
        if asked.right and response.status == 422:
            return ["what the contract allows is refused"], "take what the contract allows"
        if not asked.right and response.is_success:
            return ["what the contract does not allow is taken"], "refuse it with 422 and problem details"
        return [], ""

    def _raw(self, service: Running, generated: Generated) -> None:
        request = self._asking.made(generated.request)
        response = service.send(request)
        if wrong := misfits(response, self._operation, self._contract, service.raised):
            why = "generated by schemathesis, " + ("right" if generated.right else "wrong on purpose")
            self._tell(request, why, response, wrong, self._fix(service.raised))

    def _fix(self, raised: Exception | None) -> str:
        return (raised and explanation(raised, self._declared)) or AS_PROMISED

    def _tell(self, request: Request, why: str, response: Response, wrong: list[str], fix: str) -> None:
        found = report.Misfit(request, why, self._world, response, wrong, fix)
        name = str(self._declared.app)
        raise BrokenPromise(report.told(name, self._contract.document, self._operation, found))
