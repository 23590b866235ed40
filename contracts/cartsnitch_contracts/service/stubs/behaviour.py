"""What a stub does with a request: as its service would, unless it was told otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.stubs.answers import Answer, as_json, problem
from cartsnitch_contracts.service.stubs.checking import check
from cartsnitch_contracts.service.stubs.contract import Contract
from cartsnitch_contracts.service.stubs.received import Received, Violation
from cartsnitch_contracts.service.stubs.rules import Rules
from cartsnitch_contracts.service.stubs.shelves import NotFoundError, is_list
from cartsnitch_contracts.service.stubs.stock import Stock
from cartsnitch_contracts.service.stubs.syncs import START, STATES, Syncs

EVERY = ""
"""The name under which the rules for every operation stand."""


class Behaviour:
    """Answers requests, and notes in each what is wrong with it.

    Attributes:
        stock: the objects that it answers with.
        syncs: the synchronisations that it was asked for; None of a service that knows of none.
    """

    def __init__(self, contract: Contract, rules: Mapping[str, Rules]) -> None:
        self.stock = Stock(contract)
        self.syncs = _syncs(contract)
        self._contract, self._rules = contract, rules

    def answer(self, received: Received) -> Answer:
        """The answer; to a request that the contract does not allow, what the service would say to it."""
        match = self._contract.routes.find(received.method, received.path)
        if match is None:
            return self._unknown(received)
        operation, received.parameters = match
        received.operation = operation.name
        received.violations = check(received, operation, self._contract)
        if refused := [violation for violation in received.violations if violation.refused]:
            return _refusal(refused, received)
        answer = self._usual(received, operation)
        for name in (operation.name, EVERY):
            if name in self._rules:
                answer = self._rules[name].apply(answer)
        return answer

    def _usual(self, received: Received, operation: Operation) -> Answer:
        """What is answered to a right request when nothing else was told."""
        status = self._contract.success(operation)
        try:
            return as_json(self._payload(received, operation, status), int(status))
        except NotFoundError as error:
            return problem(404, str(error), received)
        except ValueError as error:
            place = "/cursor" if "cursor" in received.params else "/since"
            received.violations = (Violation("query", place, "value", str(error), 422),)
            return _refusal(received.violations, received)

    def _payload(self, received: Received, operation: Operation, status: str) -> Any:
        if shelf := self.stock.shelf(operation.name):
            if is_list(operation, self._contract):
                return shelf.page(operation, received.params)
            return shelf.by_id(*received.parameters.values())
        if self.syncs and operation.name == START:
            return self.syncs.start(received.json()["user_id"], received.parameters["store_slug"])
        if self.syncs and operation.name == STATES:
            return self.syncs.states(received.params["user_id"])
        examples = self._contract.examples(operation, status)
        return examples.accepted["typical"] if examples else None

    def _unknown(self, received: Received) -> Answer:
        """Nobody serves that, and a caller should know."""
        methods = self._contract.routes.methods(received.path)
        if methods:
            status, detail = 405, f"{received.path} takes {', '.join(methods)} and no {received.method}"
        else:
            served = ", ".join(operation.name for operation in self._contract.document.operations)
            status, detail = 404, f"{self._contract.service} serves nothing there; it serves {served}"
        received.violations = (Violation("path", "", "unknown", detail, status),)
        return problem(status, f"{detail}.", received)


def _refusal(violations: Sequence[Violation], received: Received) -> Answer:
    """What the service itself would say to a wrong request."""
    status = violations[0].refused or 422
    count = f"{len(violations)} value{'' if len(violations) == 1 else 's'} to correct, see errors."
    return problem(
        status, count if status == 422 else f"{violations[0].pointer[1:]} {violations[0].detail}.", received
    )


def _syncs(contract: Contract) -> Syncs | None:
    if contract.service != "receiptwitness":
        return None
    examples = contract.examples(contract.operation(STATES), "200")
    return Syncs(examples.accepted["typical"] if examples else [])
