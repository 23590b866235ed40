"""What a stub answers keeps the contract of the service that it stands in for."""

import json

import httpx
import pytest

from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.payloads import problems
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.stubs import StubError, stub
from cartsnitch_contracts.validation import validator

KEY = {"X-Service-Key": "key-of-the-tests"}
EVERY = [(name, each) for name, document in snapshot().rest.items() for each in document.operations]
operations = pytest.mark.parametrize(
    ("service", "operation"), EVERY, ids=[f"{name}:{each.name}" for name, each in EVERY]
)


def request_of(service: str, operation: Operation) -> httpx.Request:
    """A right request, made of the contract's examples."""
    of = snapshot().rest[service].examples[operation.name]
    found = of["200"].accepted["typical"] if "200" in of else {}
    path = operation.path.replace("{store_slug}", "kroger")
    if "{id}" in path:
        path = path.replace("{id}", found["id"])
    query = {
        each.name: "01950000-7c1a-7000-8000-000000000007" for each in operation.parameters if each.required
    }
    params = {each: value for each, value in query.items() if f"{{{each}}}" not in operation.path}
    body = of["request"].accepted["typical"] if "request" in of else None
    return httpx.Request(operation.method, f"http://{service}{path}", params=params, json=body, headers=KEY)


def kept(operation: Operation, response: httpx.Response) -> object:
    """The body, which has the media type and the schema that the contract says for its status."""
    sides = operation.responses[str(response.status_code)]
    assert response.headers["content-type"] == sides.media_type
    assert problems(validator(sides.writer), json.loads(response.content)) == []
    return json.loads(response.content)


@operations
def test_without_a_word_every_operation_answers_with_success(service, operation):
    """Of every service; a right request is not taken for a wrong one."""
    made = stub(service)
    with httpx.Client(transport=made.transport) as client:
        response = client.send(request_of(service, operation))

    assert response.is_success
    kept(operation, response)
    assert made.violations == []
    assert [each.operation for each in made.requests] == [operation.name]


@operations
def test_every_documented_status_may_be_asked_for(service, operation):
    """By its number alone, and with each of its examples by name."""
    made = stub(service)
    with httpx.Client(transport=made.transport) as client:
        for status in operation.responses:
            made.on(operation.name).respond(status=int(status))
            response = client.send(request_of(service, operation))

            assert str(response.status_code) == status
            kept(operation, response)
    for status, examples in snapshot().rest[service].examples[operation.name].items():
        for name in examples.accepted if status != "request" else ():
            made.on(operation.name).respond(example=name, times=1)
            response = client_send(made, request_of(service, operation))

            assert kept(operation, response) == examples.accepted[name]


def client_send(made, request: httpx.Request) -> httpx.Response:
    """Send it to a stub."""
    with httpx.Client(transport=made.transport) as client:
        return client.send(request)


def test_what_readers_must_tolerate_may_be_answered_too(receiptwitness, client):
    """By its reason, so that a caller is tried against the service of tomorrow."""
    receiptwitness.on("GET /prices").respond(example="a newer service sends a field beside")

    (operation,) = [each for name, each in EVERY if each.name == "GET /prices"]
    body = client.get("/prices").json()

    assert problems(validator(operation.responses["200"].writer), body)
    assert problems(validator(operation.responses["200"].reader), body) == []


def test_a_payload_of_the_tests_own_is_answered(receiptwitness, client):
    """With the status that it is for, and headers beside."""
    receiptwitness.on("GET /sync/status").respond(json=[])
    receiptwitness.on("POST /sync/{store_slug}").respond(status=429, headers={"Retry-After": "7"})
    user = "01950000-7c1a-7000-8000-000000000007"

    states = client.get("/sync/status", params={"user_id": user})
    started = client.post("/sync/kroger", json={"user_id": user})

    assert (states.status_code, states.json()) == (200, [])
    assert (started.status_code, started.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"json": [{"store_slug": "kroger", "status": "done"}]}, r"never answers .*\n.*\[0\]\.status"),
        ({"json": {}}, "never answers"),
        ({"status": 404, "json": {"detail": "no"}}, "never answers 404: .* has 200, 401, 422"),
        ({"status": 401, "json": {"detail": "no"}}, "never answers .* -> 401 with that"),
        ({"status": 409}, "never answers 409.*fail"),
        ({"example": "typcial"}, "no example 'typcial'.*There are: typical, minimal"),
        ({"example": "typical", "times": 0}, "times=0 is never"),
    ],
)
def test_a_stub_cannot_lie(receiptwitness, answer, message):
    """What the service never answers is refused, with what it does."""
    with pytest.raises(StubError, match=f"(?s){message}"):
        receiptwitness.on("GET /sync/status").respond(**answer)


def test_what_is_not_there_is_named_with_what_is(receiptwitness):
    """A service, an operation, a collection, a version."""
    with pytest.raises(StubError, match=r"No service 'receiptwitnes' serves REST.*receiptwitness"):
        stub("receiptwitnes")
    with pytest.raises(DocumentError, match=r"no operation 'GET /price'\. Did you mean GET /prices\? There"):
        receiptwitness.on("GET /price")
    with pytest.raises(StubError, match="Name an operation"):
        receiptwitness.on().respond(status=401)
    with pytest.raises(StubError, match=r"no collection '/price'. There are: /prices"):
        receiptwitness.add({}, to="/price")
    with pytest.raises(StubError, match="Only ReceiptWitness synchronises; this is a stub of 'api'"):
        _ = stub("api").syncs
    with pytest.raises(StubError, match="404 is no failure of the server"):
        receiptwitness.on("GET /prices").fail(404)


def test_answers_for_a_number_of_times_go_before_those_for_always(receiptwitness, client):
    """In their order; the newest for always takes the place of the one before, and its troubles."""
    told = receiptwitness.on("GET /prices").fail(503, times=2).respond(example="boundary", times=1)
    told.respond(example="leap-day").respond(example="minimal").fail(502)

    seen = [client.get("/prices") for _ in range(4)]
    told.respond(example="minimal")
    after = client.get("/prices")
    told.as_usual()

    assert [each.status_code for each in seen] == [503, 503, 200, 502]
    assert after.json() == {"items": [], "next_cursor": None, "has_more": False}
    assert len(client.get("/prices").json()["items"]) == 2


def test_the_test_cannot_change_an_example_for_others(receiptwitness, client):
    """What one stub answers is its own: `syncs` and payloads are copies."""
    user = "01950000-7c1a-7000-8000-000000000007"
    client.post("/sync/kroger", json={"user_id": user})

    other = stub("receiptwitness")
    states = client_send(
        other, httpx.Request("GET", "http://x/sync/status", params={"user_id": user}, headers=KEY)
    ).json()

    assert [state["status"] for state in states] == ["completed", "idle"]
