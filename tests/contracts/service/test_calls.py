"""A service's calls of others: which of its tests make them, and how each answer is tried."""

from dataclasses import replace
from pathlib import Path

import pytest

from cartsnitch_common.constants import Service
from cartsnitch_contracts.service import calls
from cartsnitch_contracts.service.declaration import Call, ServiceConfig
from cartsnitch_contracts.service.emitted import Called, Emitted
from cartsnitch_contracts.service.promise import BrokenPromise, Untested

PRICES = Call(Service.RECEIPT_WITNESS, "GET", "/prices")
CONFIG = ServiceConfig(Service.STICKER_SHOCK, Path("pyproject.toml"), calls=(PRICES,))


def called(outcome: str = "200", **changes) -> Called:
    """One call by a test of the service."""
    made = Called("receiptwitness", "GET /prices", "GET /prices", outcome, wrong=False, test="test_it")
    return replace(made, **changes)


def check(status: str, *made: Called, **run) -> None:
    """Whether the promise about an answer is kept."""
    calls.check_answer(CONFIG, PRICES, status, Emitted(calls=list(made), **run))


def test_each_answer_of_each_call_is_a_promise():
    """The documented ones, one for all failures, and one that nothing else is called."""
    promised = list(calls.promises(CONFIG))

    assert [each.name for each in promised] == [
        "receiptwitness:GET /prices-200",
        "receiptwitness:GET /prices-401",
        "receiptwitness:GET /prices-422",
        "receiptwitness:GET /prices-500",
        "undeclared",
    ]
    assert {(each.counterpart, each.subject) for each in promised[:-1]} == {("ReceiptWitness", "GET /prices")}
    assert all(each.last for each in promised)
    assert list(calls.promises(replace(CONFIG, calls=()))) == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("200", "200"), ("401", "401"), ("422", "422"), ("500", "503"), ("500", "timeout"), ("500", "garbage")],
)
def test_an_answer_that_a_test_got_is_kept(status, outcome):
    """A failure of any kind stands for all."""
    check(status, called(outcome))


@pytest.mark.parametrize("status", ["401", "422", "500"])
def test_an_answer_that_no_test_got_is_untested(status):
    """It breaks nothing, and is told."""
    with pytest.raises(Untested, match=f"^no test calls GET /prices -> {status}$"):
        check(status, called())


def test_a_call_that_no_test_makes_breaks_its_promise():
    """In a full run; in a partial one nobody can know."""
    with pytest.raises(
        BrokenPromise, match=r"declares to call ReceiptWitness: GET /prices, and no test does"
    ):
        check("200", called(operation="GET /purchases"), called(service="api"), called(own=False))
    with pytest.raises(Untested, match=r"no test calls GET /prices -> 200; -k chose some tests"):
        check("200", whole=False, why_not="-k chose some tests")


def test_a_call_that_is_only_made_wrongly_breaks_its_promise():
    """It would fail in production; a right one that failed all the same leaves the success untested."""
    with pytest.raises(BrokenPromise, match=r"but never as the contract has it.\n(?s:.*)GET /prices  -> 422"):
        check("200", called("422", wrong=True))
    with pytest.raises(Untested, match="-> 200"):
        check("200", called("500"))


def test_a_call_that_is_not_declared_breaks_the_promise():
    """With the line to add; one that nobody serves fails its test alone."""
    made = [called(), called(operation=None), called(operation="GET /purchases", request="GET /purchases")]

    with pytest.raises(BrokenPromise) as broken:
        calls.check_undeclared(CONFIG, Emitted(calls=made))

    assert str(broken.value) == (
        "stickershock called ReceiptWitness: GET /purchases, which it does not declare.\n"
        "call     GET /purchases  -> 200\n"
        "made by  test_it\n"
        'fix      add "receiptwitness:GET /purchases" to calls (pyproject.toml:1), and you are told of its '
        "changes; or do not call it"
    )
    calls.check_undeclared(CONFIG, Emitted(calls=made[:2]))


def test_what_one_process_saw_reaches_another():
    """As plain values."""
    there = Emitted()

    there.load(Emitted(calls=[called("timeout", operation=None)]).dump())

    assert there.calls == [called("timeout", operation=None)]
