"""Requests that schemathesis makes of a document: which are tried, and which one is told."""

import json
import sys

import pytest

from cartsnitch_contracts.rest import loads
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.promise import BrokenPromise
from cartsnitch_contracts.service.serving.generated import search


def document(*parameters: dict):
    """One operation with these parameters in its query."""
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": "Ping", "version": "1"},
        "paths": {
            "/ping": {"get": {"parameters": list(parameters), "responses": {"200": {"description": "Pong."}}}}
        },
    }
    return loads(json.dumps(openapi), source="ping.json")


LIMIT = {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0}}


def targets(found, *, known=None, **how_long):
    """What is tried."""
    seen = []
    search(found, found.operations[0], known or {}, Search(**how_long), seen.append)
    return seen


def test_right_and_wrong_requests_are_tried():
    """As many of each as were asked for, at most."""
    seen = targets(document(LIMIT), examples=15)

    right = [each.request.target for each in seen if each.right]
    wrong = [each.request.target for each in seen if not each.right]
    assert 5 < len(right) <= 15
    assert 5 < len(wrong) <= 15
    assert {target.partition("?")[0] for target in right} == {"/ping"}
    assert any("limit=" in target for target in wrong)


def test_an_operation_without_any_input_has_right_requests_alone():
    """There is no way to ask it wrongly."""
    seen = targets(document(), examples=5)

    assert {(each.request.method, each.request.target) for each in seen if each.right} == {("GET", "/ping")}


def test_values_of_rows_are_tried():
    """In right requests, beside others."""
    seen = targets(document(LIMIT), known={"limit": ["4711"]}, examples=25)

    assert any(each.request.target == "/ping?limit=4711" for each in seen)


def test_the_smallest_failing_request_is_told():
    """And what was raised for it."""
    found = document(LIMIT)

    def attempt(each):
        limit = each.request.target.partition("limit=")[2]
        if each.right and limit and int(limit) > 20:
            raise BrokenPromise(each.request.target)

    with pytest.raises(BrokenPromise, match=r"^/ping\?limit=21$"):
        search(found, found.operations[0], {}, Search(examples=100), attempt)


def test_without_schemathesis_the_promise_is_broken_with_what_to_install(monkeypatch):
    """Nothing is taken for kept that was not tried."""
    monkeypatch.setitem(sys.modules, "schemathesis", None)

    with pytest.raises(BrokenPromise, match=r'schemathesis is not installed.*\n.*common\[testing,rest\]"'):
        targets(document(LIMIT))
