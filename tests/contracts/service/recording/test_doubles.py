"""A test's double in place of the service's code: what it is given counts as read altogether."""

import asyncio
import inspect
import json
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec

import httpx
import pytest

import doubled_styles
from cartsnitch_common.events import decode_event
from cartsnitch_contracts.service.recording import Subject
from read_messages import PAGE, PRICES_EVENT

EVENTS = Subject("consumes", "prices.updated")
ANSWERS = Subject("calls", "GET /prices", "receiptwitness")
RAW = json.dumps(PRICES_EVENT).encode()
PRICE = "payload.prices[]"


class Fake:
    """Keeps what it is given."""

    def __init__(self):
        self.kept = None

    def save(self, price):
        """Reads nothing."""
        self.kept = price

    async def save_later(self, price):
        """Reads nothing either."""
        self.kept = price

    def call(self, function):
        """Gets at the price behind the recorder's back, and reads one field."""
        self.kept = function().source


class Reading(Fake):
    """Reads another field than the service's own."""

    def save(self, price):
        """Which takes a page as well."""
        self.kept = price["next_cursor"] if isinstance(price, dict) else price.sale_price


SAVING = [
    doubled_styles.saves,
    doubled_styles.saves_by_name,
    doubled_styles.saves_a_list,
    doubled_styles.saves_what_holds_it,
    doubled_styles.saves_an_object_of_its_own,
]
DOUBLES = [
    Fake,
    Mock,
    MagicMock,
    lambda: create_autospec(doubled_styles.Store, instance=True),
    lambda: Mock(save=create_autospec(doubled_styles.Store().save)),
]


def deliver(recorder, handler, *arguments):
    """One event, handled."""
    result = recorder.deliveries.of(handler, decode_event(RAW), *arguments)
    if inspect.isawaitable(result):
        asyncio.run(_awaited(result))


async def _awaited(result):
    return await result


def reads(recorder, subject=EVENTS):
    """The places."""
    return [each.field for each in recorder.notes.reads(subject)]


@pytest.mark.parametrize("make", DOUBLES)
@pytest.mark.parametrize("handler", SAVING, ids=lambda each: each.__name__)
def test_what_a_double_is_given_is_read(recorder, handler, make):
    """Whatever kind of double, and whatever the price is wrapped in; the line of the service is named."""
    deliver(recorder, handler, make())

    assert reads(recorder) == [PRICE]
    assert recorder.notes.reads(EVENTS)[0].at.startswith("doubled_styles.py:")


@pytest.mark.parametrize("handler", [doubled_styles.saves_later, doubled_styles.saves_in_a_task])
@pytest.mark.parametrize("make", [Fake, AsyncMock])
def test_an_asynchronous_double_is_one(recorder, handler, make):
    """Awaited, or run as a task."""
    deliver(recorder, handler, make())

    assert reads(recorder) == [PRICE]


@pytest.mark.parametrize("make", [Fake, Mock])
def test_what_an_iterator_would_give_is_not_known(recorder, make):
    """Everything of the event counts, also where nobody asks it for anything."""
    deliver(recorder, doubled_styles.saves_an_iterator, make())

    assert reads(recorder) == ["event"]


def test_what_a_double_reads_stands_for_what_lies_around_it(recorder):
    """It got at the price in a way that nobody saw."""
    deliver(recorder, doubled_styles.hands_on_a_function, Fake())

    assert reads(recorder) == [PRICE]


@pytest.mark.parametrize("make", [Fake, Mock])
def test_a_double_reads_no_more_than_it_is_given(recorder, make):
    """A value that the service read itself."""
    deliver(recorder, doubled_styles.saves_a_field, make())

    assert reads(recorder) == [f"{PRICE}.store_slug"]


def test_the_services_own_are_no_doubles(recorder):
    """What they read is seen."""
    deliver(recorder, doubled_styles.saves, doubled_styles.Store())

    assert reads(recorder) == [f"{PRICE}.regular_price", f"{PRICE}.store_slug"]


def test_a_function_around_a_handler_is_no_double(recorder):
    """A test gives the handler what it needs; that of the service reads."""

    def handle(event):
        assert event.service == "receiptwitness"
        doubled_styles.saves(event, doubled_styles.Store())

    deliver(recorder, handle)

    assert reads(recorder) == [f"{PRICE}.regular_price", f"{PRICE}.store_slug"]


def test_a_mock_as_a_handler_is_no_double(recorder):
    """The service has no part in it."""
    deliver(recorder, Mock())

    assert reads(recorder) == []


def test_a_fake_client_hands_on_what_is_recorded(recorder):
    """The service reads of the answer as if its own client had asked."""

    class Client:
        def prices(self):
            return http.get("/prices").json()

    with _client() as http:
        assert doubled_styles.asks_a_client(Client()) is False

    assert reads(recorder, ANSWERS) == ["has_more"]


@pytest.mark.parametrize("make", [Fake, Mock, Reading])
def test_answers_are_no_other(recorder, make):
    """A page for a double."""
    with _client() as http:
        doubled_styles.gives_a_page(http, make())

    assert reads(recorder, ANSWERS) == ["event"]


def test_a_server_that_answers_in_a_test_is_no_double(recorder):
    """It reads an answer of its own, while the service waits for it."""
    with _client() as inner:

        def serve(_):
            page = inner.get("/prices").json()
            return httpx.Response(200, json={**page, "has_more": True})

        class Client:
            def prices(self):
                return http.get("/prices").json()

        with httpx.Client(transport=httpx.MockTransport(serve), base_url="http://receiptwitness") as http:
            assert doubled_styles.asks_a_client(Client()) is True

    assert reads(recorder, ANSWERS) == ["has_more"]


def _client():
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=PAGE))
    return httpx.Client(transport=transport, base_url="http://receiptwitness")
