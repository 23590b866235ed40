"""A service's REST document, made ready to check requests and answers against."""

from functools import cache
from typing import Any

from cartsnitch_contracts import library
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.rest import Examples, Operation, RestDocument, Sides
from cartsnitch_contracts.service.stubs.errors import StubError
from cartsnitch_contracts.service.stubs.routes import Routes
from cartsnitch_contracts.validation import Side, Validator, validator


class Contract:
    """What one service serves; shared by all stubs of it. Validators are made on first use."""

    def __init__(self, document: RestDocument) -> None:
        self.document = document
        self.service = document.service
        self.routes = Routes(document.operations)
        self._validators: dict[tuple[int, Side], Validator] = {}

    def operation(self, name: str) -> Operation:
        """The operation called `GET /prices`; raises DocumentError, with the list of those that there are."""
        return self.document.operation(name)

    def examples(self, operation: Operation, status: str) -> Examples | None:
        """The payloads that the document shows for one answer."""
        found = self.document.examples[operation.name].get(status)
        return found or self._shared(operation, status)

    def success(self, operation: Operation) -> str:
        """The status of its success."""
        return next(status for status in operation.responses if status.startswith("2"))

    def wrong(self, sides: Sides, side: Side, payload: Any) -> list[Problem]:
        """What is wrong with a payload, on one side of a body or a parameter."""
        key = (id(sides), side)  # the document holds the sides for as long as this lives
        if key not in self._validators:
            self._validators[key] = validator(getattr(sides, side))
        return problems(self._validators[key], payload)

    def _shared(self, operation: Operation, status: str) -> Examples | None:
        """Those of a response that the operation refers to."""
        openapi = self.document.openapi
        response = openapi["paths"][operation.path][operation.method.lower()]["responses"].get(status, {})
        name = response.get("$ref", "").rpartition("/")[2]
        content = openapi.get("components", {}).get("responses", {}).get(name, {}).get("content", {})
        return next((Examples.of(media) for media in content.values()), None)


@cache
def contract(service: str, version: str) -> Contract:
    """The contract of a service, by its name on the wire.

    Raises:
        StubError: no service of that name serves anything; the message lists those that do.
        DocumentError: there is no such version.
    """
    served = library.snapshot(version).rest
    if service not in served:
        raise StubError(f"No service {service!r} serves REST. There are: {', '.join(sorted(served))}.")
    return Contract(served[service])
