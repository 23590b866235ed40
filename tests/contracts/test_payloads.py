"""Events checked against their channels' contracts."""

import json

import pytest

from cartsnitch_contracts import DocumentError, check_event, load_document, places

EVENT = load_document("prices.updated").accepted["typical"]


def broken(place: str, value: object) -> dict:
    """The typical event with another value at one place."""
    return places.put(EVENT, places.parse(place), value)


@pytest.mark.parametrize(
    "form", [json.dumps(EVENT), json.dumps(EVENT).encode(), EVENT], ids=["str", "bytes", "dict"]
)
def test_an_event_that_keeps_the_contract_has_no_problem(form):
    """As text, as bytes or decoded."""
    assert check_event(form) == []


@pytest.mark.parametrize(
    ("place", "value", "named", "rule"),
    [
        ("payload.prices[1].sale_price", 2.99, "payload.prices[1].sale_price", "anyOf"),
        ("payload.prices[0].source", "scan", "payload.prices[0].source", "enum"),
        ("payload.prices[0].shelf", 1, "payload.prices[0].shelf", "additionalProperties"),
        ("payload.prices", [], "payload.prices", "minItems"),
        ("payload.prices[0]", {}, "payload.prices[0].regular_price", "required"),
        ("timestamp", "2026-03-10", "timestamp", "format"),
        ("trace", "x", "trace", "additionalProperties"),
    ],
)
def test_a_problem_names_its_place_and_its_rule(place, value, named, rule):
    """A field that is missing, or one too many, is named itself; an item has its index."""
    problems = check_event(broken(place, value))

    assert (named, rule) in [(problem.place, problem.rule) for problem in problems]


def test_every_problem_is_told():
    """Not only the first."""
    event = places.put(broken("payload.prices[0].source", "scan"), ("service",), "nobody")

    assert {problem.place for problem in check_event(event)} == {"payload.prices[0].source", "service"}


def test_a_reader_accepts_more_than_a_writer_may_send():
    """The side decides."""
    event = broken("payload.prices[0].source", "scan")

    assert check_event(event, side="reader") == []
    assert [problem.rule for problem in check_event(event, side="writer")] == ["enum"]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "json"),
        (b"\xff", "json"),
        ("{", "json"),
        ('{"event_type": NaN}', "json"),
        ("[" * 100_000, "json"),
        ("1" * 5_000, "json"),
        ("[]", "channel"),
        ("null", "channel"),
        ("{}", "channel"),
        ('{"event_type": 1}', "channel"),
        ('{"event_type": "prices.updated"}', "channel"),
        ('{"event_type": "cartsnitch.../x"}', "channel"),
    ],
)
def test_what_is_no_event_is_one_problem(raw, rule):
    """Bytes from anywhere are judged, never raised through."""
    problems = check_event(raw)

    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].message


def test_a_value_that_no_json_holds_is_a_problem():
    """A dict straight from Python may hold anything."""
    problems = check_event(broken("payload.prices", {1, 2}))

    assert [problem.rule for problem in problems] == ["json"]


def test_a_given_document_is_used_whatever_the_event_says():
    """An event of another channel does not fit it."""
    problems = check_event(EVENT, load_document("receipts.ingested"))

    assert ("event_type", "const") in [(problem.place, problem.rule) for problem in problems]


def test_a_version_that_is_not_there_is_an_error():
    """A question that cannot be answered is not answered with "it fits"."""
    with pytest.raises(DocumentError, match=r"no document of version '9\.9\.9'"):
        check_event(EVENT, version="9.9.9")


def test_a_long_value_does_not_flood_the_message():
    """One line, of a readable length."""
    event = places.put(EVENT, ("payload", "prices", 0, "source"), "s\n" * 5_000)

    (problem,) = check_event(event)

    assert len(problem.message) < 200
    assert "\n" not in str(problem)
