"""A stub takes no call that the contract does not allow, and tells what is wrong with it."""

import json

import pytest

from cartsnitch_common.schemas import rest
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.service.stubs import WrongCallError, stub

USER = "01950000-7c1a-7000-8000-000000000007"
REJECTED = snapshot().rest["clipartist"].examples["POST /optimize"]["request"].rejected


def wrong(stub) -> list[str]:
    """Each thing that was wrong."""
    return [str(violation) for _, violation in stub.violations]


@pytest.mark.parametrize("headers", [{"X-Service-Key": ""}, {"X-Service-Key": "  "}])
def test_without_a_key_nothing_is_served(receiptwitness, client, headers):
    """Not even word of what else is wrong; the answer is the contract's problem details."""
    response = client.get("/prices", params={"limit": "none"}, headers=headers)

    body = rest.ProblemDetails.model_validate_json(response.content)
    assert (response.status_code, response.headers["content-type"]) == (401, rest.PROBLEM_JSON)
    assert "X-Service-Key is missing" in body.detail
    assert wrong(receiptwitness) == [
        "header /X-Service-Key  is missing or empty: send the key of your service in the header X-Service-Key"
    ]


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        ("/prices", {"limit": "1001"}, "/limit 1001 is greater than the maximum of 1000"),
        ("/prices", {"limit": "ten"}, '/limit "ten" is not of type'),
        ("/prices", {"sinse": "2026-03-10"}, "/sinse is not declared; GET /prices takes cursor, limit"),
        ("/prices", {"since": "2026-03-10T14:02:11"}, '"2026-03-10T14:02:11" is not a "date-time"'),
        ("/prices", {"store_slug": "aldi"}, '"aldi" is not one of'),
        ("/prices", {"cursor": "page-2"}, "/cursor 'page-2' is no cursor of this list"),
        ("/prices", [("limit", "1"), ("limit", "2")], "/limit comes twice"),
        ("/sync/status", {}, "/user_id is missing"),
        ("/sync/status", {"user_id": ""}, '"" is not a "uuid"'),
        ("/products/oat-milk", {}, '"oat-milk" is not a "uuid"'),
    ],
)
def test_a_wrong_parameter_is_told_at_its_place(receiptwitness, client, path, query, told):
    """In the problem's errors, as the service would, and among the violations."""
    response = client.get(path, params=query)

    body = rest.ProblemDetails.model_validate_json(response.content)
    assert response.status_code == body.status == 422
    (error,) = body.errors
    assert told in f"{error.pointer} {error.detail}"
    (violation,) = wrong(receiptwitness)
    assert error.detail in violation


@pytest.mark.parametrize(
    ("request_line", "status", "said"),
    [
        ("GET /purchase", 404, "receiptwitness serves nothing there; it serves GET /prices"),
        ("GET /prices/", 404, "serves nothing there"),
        ("GET /sync/kroger", 405, "/sync/kroger takes POST and no GET"),
        (f"DELETE /purchases/{USER}", 405, "takes GET and no DELETE"),
    ],
)
def test_what_is_not_served_is_told_with_what_is(receiptwitness, client, request_line, status, said):
    """A path, or a method on a path."""
    response = client.request(*request_line.split())

    assert response.status_code == rest.ProblemDetails.model_validate_json(response.content).status == status
    (violation,) = wrong(receiptwitness)
    assert said in violation


@pytest.mark.parametrize("example", REJECTED, ids=lambda each: each.reason)
def test_every_rejected_body_of_the_contract_is_refused(client, example):
    """With a violation, and a 422 that points at it."""
    made = stub("clipartist")
    with type(client)(transport=made.transport, base_url=made.base_url, headers=client.headers) as clipartist:
        response = clipartist.post("/optimize", json=example.event)

    assert response.status_code == 422
    assert {error.part for error in rest.ProblemDetails.model_validate_json(response.content).errors} == {
        "body"
    }
    assert made.violations


@pytest.mark.parametrize(
    ("body", "media_type", "said"),
    [
        (b"", "application/json", "body  is missing"),
        (b"{", "application/json", "body  is not JSON"),
        (b'{"user_id": NaN}', "application/json", "body  is not JSON: NaN is no JSON value"),
        (
            b"user_id=" + USER.encode(),
            "application/x-www-form-urlencoded",
            "is application/x-www-form-urlencoded",
        ),
        (json.dumps({"user_id": USER}).encode(), "", "is missing; the body is to be application/json"),
        (b'{"user_id": 7}', "application/json", "body /user_id  7 is not of type"),
    ],
)
def test_a_body_is_json_and_says_so(receiptwitness, client, body, media_type, said):
    """What is no JSON, or does not say that it is, is refused."""
    response = client.post("/sync/kroger", content=body, headers={"content-type": media_type})

    assert response.status_code == 422
    (violation,) = wrong(receiptwitness)
    assert said in violation


def test_what_no_caller_may_send_is_wrong_though_the_service_takes_it(client):
    """It reads a quantity as number or text, and a caller writes text: the comparer relies on that."""
    made = stub("clipartist")
    wanted = {"user_id": USER, "items": [{"name": "Milk", "quantity": 1}], "preferred_stores": []}
    with type(client)(transport=made.transport, base_url=made.base_url, headers=client.headers) as clipartist:
        response = clipartist.post("/optimize", json=wanted)

    assert response.status_code == 200
    assert "today's service takes it, but the contract lets no caller send it" in wrong(made)[0]


def test_a_body_where_none_is_taken_is_wrong(receiptwitness, client):
    """It is read by nobody, so its author expects something that does not happen."""
    response = client.request("GET", "/prices", json={"limit": 5})

    assert response.status_code == 200
    assert wrong(receiptwitness) == ["body  is sent, and GET /prices takes none"]


def test_wrong_calls_are_told_together(receiptwitness, client):
    """Each with what was answered, where the contract lies, and what to do."""
    client.get("/prices")
    client.get("/prices", params={"limit": 0, "page": 2})
    client.get("/price")

    with pytest.raises(WrongCallError) as told:
        receiptwitness.verify()

    assert str(told.value) == (
        "ReceiptWitness was called as its contract does not allow (2 calls of 3).\n"
        "  GET /prices?limit=0&page=2  -> 422\n"
        "      query /limit  0 is less than the minimum of 1\n"
        "      query /page  is not declared; GET /prices takes cursor, limit, product_id, since, store_slug\n"
        "  GET /price  -> 404\n"
        "      path  receiptwitness serves nothing there; it serves GET /prices, GET /products/{id}, "
        "GET /purchases, GET /purchases/{id}, GET /sync/status, POST /sync/{store_slug}\n"
        "  contract  documents/rest/receiptwitness/next.json\n"
        "  fix       send what the contract says; where the test means it, call stub.forgive() at its end"
    )


def test_what_a_test_means_is_forgiven(receiptwitness, client):
    """It stays among the requests, with what is wrong; a later call is not forgiven."""
    client.get("/prices", params={"limit": 0})
    receiptwitness.forgive()
    receiptwitness.verify()
    client.get("/prices", params={"limit": -1})

    assert [request.outcome for request in receiptwitness.requests] == ["422", "422"]
    assert [request.params for request, _ in receiptwitness.violations] == [{"limit": "-1"}]


def test_a_request_is_noted_as_it_came(receiptwitness, client):
    """For a test to assert on."""
    client.post("/sync/kroger", json={"user_id": USER})
    client.get("/prices", params={"since": "2026-03-10T14:02:11+01:00"})

    started, asked = receiptwitness.requests
    assert (started.operation, started.parameters) == ("POST /sync/{store_slug}", {"store_slug": "kroger"})
    assert started.json() == {"user_id": USER}
    assert started.headers["x-service-key"] == "key-of-the-tests"
    assert asked.params == {"since": "2026-03-10T14:02:11+01:00"}
    assert str(asked) == "GET /prices?since=2026-03-10T14:02:11+01:00"
