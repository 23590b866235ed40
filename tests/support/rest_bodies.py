"""The REST documents as they are made now, and every body of theirs with its examples and its class."""

import json

import pytest
from pydantic import BaseModel

from cartsnitch_common.schemas.rest import ProblemDetails
from cartsnitch_contracts.rest import Examples, Sides, loads
from cartsnitch_contracts.rest.export import documents, rest_folder
from cartsnitch_contracts.rest.operations import ENDPOINTS, Endpoint

ALL = {
    document.service: loads(document.dumps(), source=f"{document.service}/next.json")
    for document in documents()
}
OPERATIONS = [(document, operation) for document in ALL.values() for operation in document.operations]
PROBLEM = "problem"


def endpoint_of(name: str) -> Endpoint:
    """The row of the table that an operation was made of."""
    (endpoint,) = [endpoint for endpoint in ENDPOINTS if f"{endpoint.method} {endpoint.path}" == name]
    return endpoint


def bodies() -> dict[str, tuple[Sides, Examples, type[BaseModel]]]:
    """Every body with its schemas, its examples and its class, by operation and `request` or status."""
    found = {}
    for document, operation in OPERATIONS:
        endpoint = endpoint_of(operation.name)
        of = document.examples[operation.name]
        success = str(endpoint.success)
        if operation.request and endpoint.request:
            found[f"{operation.name} request"] = (operation.request, of["request"], endpoint.request)
        found[f"{operation.name} {success}"] = (operation.responses[success], of[success], endpoint.answer)
    raw = json.loads((rest_folder() / "problem.json").read_text(encoding="utf-8"))
    media = {
        "examples": {name: {"value": value} for name, value in raw["accepted"].items()},
        "x-cartsnitch-tolerated": raw["tolerated"],
        "x-cartsnitch-rejected": raw["rejected"],
    }
    sides = ALL["api"].operations[0].responses["401"]
    return found | {PROBLEM: (sides, Examples.of(media), ProblemDetails)}


BODIES = bodies()
body = pytest.mark.parametrize(("sides", "examples", "model"), BODIES.values(), ids=BODIES)
document = pytest.mark.parametrize("document", ALL.values(), ids=ALL)
