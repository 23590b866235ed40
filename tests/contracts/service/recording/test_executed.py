"""Which code ran for which messages: what no test reaches makes a recording a lower bound."""

import asyncio
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import covered_styles
from cartsnitch_common.events import decode_event
from cartsnitch_contracts.service.recording import Recorder, Subject, executed, within
from cartsnitch_contracts.service.recording.instructions import lines
from read_messages import PRICES_EVENT

PRICES = Subject("consumes", "prices.updated")
ANSWERS = Subject("calls", "GET /prices", "receiptwitness")
SOURCE = Path(covered_styles.__file__).read_text(encoding="utf-8").splitlines()
PARTLY = [
    (covered_styles.partly_a_line, ["return event.payload.prices[0].source"]),
    (covered_styles.partly_half_a_line, ["first.coupon_price"]),
    (covered_styles.partly_the_second_operand, ["coupon_price"]),
    (covered_styles.partly_an_except, ["except IndexError", "return event.timestamp"]),
    (covered_styles.partly_a_message, ["nothing from"]),
    (covered_styles.partly_a_case, ["return event.service"]),
    (covered_styles.partly_a_lambda, ["lambda: event.service"]),
    (covered_styles.partly_a_helper, ["return price.sale_price"]),
    (covered_styles.partly_a_table, ["price.coupon_price"]),
    (covered_styles.partly_a_name_made_up, ["return price.coupon_price"]),
    (covered_styles.partly_a_dispatch, ["return value + 1"]),
    (covered_styles.partly_a_coroutine, ["return event.service"]),
    (covered_styles.partly_a_worker, ["STORED.append(event.service)"]),
]


@pytest.fixture
def recorder():
    """Of a service whose code is the handlers'."""
    recorder = Recorder("stickershock", [Path(covered_styles.__file__)])
    with recorder.recording():
        yield recorder


def deliver(recorder, handler):
    """One event, handled."""
    event = decode_event(json.dumps(PRICES_EVENT))
    result = recorder.deliveries.of(handler, event)
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result):
    return await result


def missed(recorder, subject=PRICES):
    """The source of the lines that did not run."""
    found = []
    for place in recorder.executed.uncovered(subject):
        first, _, last = place.rpartition(":")[2].partition("-")
        found += SOURCE[int(first) - 1 : int(last or first)]
    return found


@pytest.mark.parametrize("handler", [covered_styles.everything, covered_styles.everything_of_a_coroutine])
def test_a_handler_that_runs_altogether_is_covered(recorder, handler):
    """Whatever the compiler adds for exceptions that nobody raises."""
    deliver(recorder, handler)

    assert missed(recorder) == []


@pytest.mark.parametrize(("handler", "source"), PARTLY, ids=lambda each: getattr(each, "__name__", ""))
def test_code_that_does_not_run_is_named(recorder, handler, source):
    """A line, half a line, an exception's clause, a helper's branch, an entry of a table."""
    deliver(recorder, handler)

    found = missed(recorder)
    assert all(any(part in line for line in found) for part in source), found


def test_a_handler_that_is_never_called_is_not_covered(recorder):
    """Its event was refused before, say."""
    handler = covered_styles.partly_never_called

    recorder.executed.entered(PRICES, handler.__code__, handler.__globals__)

    assert missed(recorder) == ["    return event.service"]


def test_code_counts_only_for_the_messages_that_it_ran_for(recorder):
    """A helper that ran for events only may still read more of answers."""
    deliver(recorder, covered_styles.shared_with_a_client)
    with recorder.executed.treating(ANSWERS):
        covered_styles.partly_a_client([{"source": "receipt"}])

    assert any("price.source" in line for line in missed(recorder, ANSWERS))
    assert any('price["source"]' in line for line in missed(recorder, PRICES))


def test_later_messages_complete_it(recorder):
    """The other branch, with the next event."""
    handler = covered_styles.partly_a_line
    deliver(recorder, handler)
    many = {**PRICES_EVENT, "payload": {"prices": PRICES_EVENT["payload"]["prices"] * 6}}

    recorder.deliveries.of(handler, decode_event(json.dumps(many)))

    assert missed(recorder) == []


def test_code_that_runs_outside_of_a_delivery_does_not_count(recorder):
    """A test that calls the handler with an event of its own: nobody saw what was read of that."""
    deliver(recorder, covered_styles.partly_a_line)
    many = {**PRICES_EVENT, "payload": {"prices": PRICES_EVENT["payload"]["prices"] * 6}}

    covered_styles.partly_a_line(decode_event(json.dumps(many)))

    assert missed(recorder) == ["        return event.payload.prices[0].source"]

    recorder.deliveries.of(covered_styles.partly_a_line, decode_event(json.dumps(many)))

    assert missed(recorder) == []


class Client:
    """Of ReceiptWitness, which is away for so many calls."""

    def __init__(self, page, away=0):
        self._page = page
        self._away = away

    def get(self, path):
        """An answer, as httpx gives it."""
        if self._away:
            self._away -= 1
            raise ConnectionError
        request = httpx.Request("GET", f"http://receiptwitness{path}")
        return httpx.Response(200, json=self._page, request=request)


def test_code_that_runs_for_something_else_than_an_answer_does_not_count(recorder):
    """The same lines, with a page that was kept: before the answer and after, in deliveries and outside."""
    known = {"has_more": True, "next_cursor": "z"}
    handler = covered_styles.partly_from_a_cache_in_a_delivery

    covered_styles.partly_from_a_cache(None, known)
    covered_styles.partly_from_a_cache(Client({"has_more": False}))
    covered_styles.partly_from_a_cache(None, known)
    for page in (known, None, known):
        recorder.deliveries.of(
            handler, decode_event(json.dumps(PRICES_EVENT)), Client({"has_more": False}), page
        )

    assert missed(recorder, ANSWERS) == ['        return body["next_cursor"]']


@pytest.mark.parametrize("in_a_delivery", [True, False])
def test_what_a_call_ran_before_its_answer_came_counts(recorder, in_a_delivery):
    """A clause that waits until the other service is there."""

    def run():
        return covered_styles.after_a_retry(Client({"has_more": False}, away=2))

    if in_a_delivery:
        for _ in range(2):
            recorder.deliveries.of(lambda _: run(), decode_event(json.dumps(PRICES_EVENT)))
    else:
        run()

    assert missed(recorder, ANSWERS) == []


def test_code_that_reads_after_the_delivery_is_concerned(recorder):
    """Whoever calls it then, and whatever the handler knows of it."""
    deliver(recorder, covered_styles.kept_for_later)
    covered_styles.partly_later()

    assert any("event.service" in line for line in missed(recorder))


def test_the_same_code_in_two_files_runs_in_one_of_them(tmp_path):
    """What one file's function does says nothing about its copy."""
    handlers = []
    for name in ("first.py", "second.py"):
        (tmp_path / name).write_text("def handle(event):\n    return event.service\n")
        names: dict[str, Any] = {}
        exec(compile((tmp_path / name).read_text(), tmp_path / name, "exec"), names)  # noqa: S102 - two real files
        handlers.append(names["handle"])
    first, second = handlers
    recorder = Recorder("stickershock", [tmp_path])

    with recorder.recording():
        deliver(recorder, first)
        recorder.executed.entered(PRICES, second.__code__, second.__globals__)

    assert first.__code__ == second.__code__
    assert recorder.executed.uncovered(PRICES) == ("second.py:2",)


def test_several_processes_are_one_run():
    """What one of them ran, the others need not."""
    recorders = [Recorder("stickershock", [Path(covered_styles.__file__)]) for _ in range(2)]
    many = {**PRICES_EVENT, "payload": {"prices": PRICES_EVENT["payload"]["prices"] * 6}}
    for recorder, sent in zip(recorders, (PRICES_EVENT, many), strict=True):
        with recorder.recording():
            recorder.deliveries.of(covered_styles.partly_a_line, decode_event(json.dumps(sent)))
    first, second = recorders

    joined = Recorder("stickershock", [])
    assert first.executed.uncovered(PRICES)
    for each in (first, second):
        joined.load(json.loads(json.dumps(each.dump())))

    assert joined.executed.uncovered(PRICES) == ()
    assert [each.field for each in joined.notes.reads(PRICES)] == ["payload.prices[].source"]


@pytest.mark.parametrize(
    ("owner", "name", "instead", "handler"),
    [
        (within, "_DYNAMIC", frozenset(), covered_styles.partly_a_name_made_up),
        (within, "_DEPTH", 0, covered_styles.partly_a_table),
        (executed.Executed, "_reading", lambda *_: None, covered_styles.kept_for_later),
    ],
)
def test_no_way_to_other_code_can_be_left_out(monkeypatch, owner, name, instead, handler):
    """Without it the handler seems covered."""
    monkeypatch.setattr(owner, name, instead)
    recorder = Recorder("stickershock", [Path(covered_styles.__file__)])
    with recorder.recording():
        deliver(recorder, handler)
        if handler is covered_styles.kept_for_later:
            covered_styles.partly_later()

    assert missed(recorder) == []


def test_ranges_of_lines_are_told_as_ranges():
    """In order."""
    assert lines([44, 41, 43, 50, 42]) == ["41-44", "50"]


def test_other_tools_that_watch_are_told(recorder):
    """Two places of `sys.monitoring` are tried; then the error says so."""
    sys.monitoring.use_tool_id(3, "somebody else")
    try:
        with pytest.raises(RuntimeError, match=r"\(4, 3\) of sys.monitoring. Switch one of them off"):
            Recorder("api", []).executed.watch().__enter__()
    finally:
        sys.monitoring.free_tool_id(3)
