"""What is wrong with a request, by the service's contract."""

from collections.abc import Iterator, Sequence

from cartsnitch_contracts import text
from cartsnitch_contracts.payloads import Problem
from cartsnitch_contracts.rest import Operation, Parameter
from cartsnitch_contracts.service.stubs.contract import Contract
from cartsnitch_contracts.service.stubs.received import Received, Violation
from cartsnitch_contracts.validation import Side

UNPROCESSABLE = 422
NOT_FOR_CALLERS = "; today's service takes it, but the contract lets no caller send it"


def check(received: Received, operation: Operation, contract: Contract) -> tuple[Violation, ...]:
    """Everything that a caller of the operation may not send; a missing key is alone, as for the service."""
    return tuple(_security(received, operation)) or (
        *_parameters(received, operation, contract),
        *_body(received, operation, contract),
    )


def _security(received: Received, operation: Operation) -> Iterator[Violation]:
    """Demands of headers; a caller needs all of one alternative."""
    lacking = [
        [demand for demand in sorted(alternative) if not _is_met(demand, received)]
        for alternative in operation.security
    ]
    for demand in min(lacking, key=len, default=[]):
        name = demand.rpartition(" ")[2].title()
        detail = f"is missing or empty: send the key of your service in the header {name}"
        yield Violation("header", f"/{name}", "missing", detail, 401)


def _is_met(demand: str, received: Received) -> bool:
    if demand.startswith("apiKey header "):
        return bool(received.headers.get(demand.rpartition(" ")[2], "").strip())
    return True


def _parameters(received: Received, operation: Operation, contract: Contract) -> Iterator[Violation]:
    by_place = {(parameter.location, parameter.name): parameter for parameter in operation.parameters}
    given = [("path", name, value) for name, value in received.parameters.items()]
    given += [("query", name, value) for name, value in received.query]
    seen: set[tuple[str, str]] = set()
    for place, name, value in given:
        parameter = by_place.get((place, name))
        if parameter is None:
            known = ", ".join(each.name for each in operation.parameters if each.location == place)
            detail = f"is not declared; {operation.name} takes {known or 'no parameter'}"
            yield Violation(place, f"/{name}", "unknown", detail, UNPROCESSABLE)
        elif (place, name) in seen:
            detail = "comes twice, and the service reads one value"
            yield Violation(place, f"/{name}", "repeated", detail, UNPROCESSABLE)
        else:
            yield from _value(parameter, value, contract)
        seen.add((place, name))
    for place, name in by_place.keys() - seen:
        if by_place[place, name].required:
            yield Violation(place, f"/{name}", "missing", "is missing", UNPROCESSABLE)


def _value(parameter: Parameter, value: str, contract: Contract) -> Iterator[Violation]:
    """A value in a URL is text, or the number that the text spells; it is right if either is."""
    sides: tuple[tuple[Side, int | None], ...] = (("reader", UNPROCESSABLE), ("writer", None))
    for side, refused in sides:
        found = [contract.wrong(parameter.sides, side, reading) for reading in _readings(value)]
        if all(found):
            first = found[0][0]
            detail = first.message if refused else first.message + NOT_FOR_CALLERS
            yield Violation(parameter.location, f"/{parameter.name}", first.rule, detail, refused)
            return


def _readings(value: str) -> Sequence[object]:
    """What a number or a truth says comes first: what is wrong with it says more."""
    try:
        spelled = text.loads(value)
    except (ValueError, RecursionError):
        return [value]
    return [spelled, value] if isinstance(spelled, int | float) else [value]


def _body(received: Received, operation: Operation, contract: Contract) -> Iterator[Violation]:
    if operation.request is None:
        if received.body:
            yield Violation("body", "", "unknown", f"is sent, and {operation.name} takes none", None)
        return
    if not received.body:
        if operation.request_required:
            yield Violation("body", "", "missing", "is missing", UNPROCESSABLE)
        return
    media_type = received.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != operation.request.media_type:
        detail = f"is {media_type or 'missing'}; the body is to be {operation.request.media_type}"
        yield Violation("header", "/Content-Type", "content_type", detail, UNPROCESSABLE)
        return
    try:
        payload = received.json()
    except (ValueError, RecursionError) as error:
        yield Violation("body", "", "json_invalid", f"is not JSON: {error}", UNPROCESSABLE)
        return
    wrong = contract.wrong(operation.request, "reader", payload)
    for problem in wrong:
        yield Violation("body", pointer(problem), problem.rule, problem.message, UNPROCESSABLE)
    if not wrong:
        for problem in contract.wrong(operation.request, "writer", payload):
            yield Violation("body", pointer(problem), problem.rule, problem.message + NOT_FOR_CALLERS, None)


def pointer(problem: Problem) -> str:
    """Where a problem is, as a JSON Pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in problem.path)
