"""Whether what a service's tests sent keeps its promises: judged on messages made by hand."""

import json
from pathlib import Path

import pytest

from cartsnitch_common.constants import EventType, Service
from cartsnitch_contracts.library import load_document
from cartsnitch_contracts.service.config import ServiceConfig
from cartsnitch_contracts.service.emitted import Emitted, Message
from cartsnitch_contracts.service.promise import BrokenPromise, Untested
from cartsnitch_contracts.service.publishes import check_channel, check_undeclared, promises

ALERTS, PRICES = EventType.ALERT_PRICE_INCREASE, EventType.PRICES_UPDATED
CONFIG = ServiceConfig(
    Service.STICKER_SHOCK, Path("pyproject.toml"), publishes=(ALERTS,), consumes={PRICES: "shock:on_prices"}
)


def alert(*, own=True, channel=ALERTS, **changes):
    """A message with the typical alert; `changes` are made to the event, fields of the payload included."""
    event = json.loads(json.dumps(load_document(ALERTS).accepted["typical"]))
    for name, value in changes.items():
        (event if name in event else event["payload"])[name] = value
    return Message(channel, json.dumps(event).encode(), "tests/test_alerts.py::test_alert", own)


def told(check, *arguments):
    """The report of the broken promise."""
    with pytest.raises(BrokenPromise) as broken:
        check(*arguments)
    return str(broken.value)


def test_an_event_that_fits_keeps_the_promise():
    """One such event of a test of the service's own is enough."""
    check_channel(CONFIG, ALERTS, Emitted([alert()]))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"new_price": 4.5}, "payload.new_price  type"),
        ({"currency": "USD"}, "payload.currency  additionalProperties  is not declared"),
        ({"timestamp": "2026-03-10T14:02:11"}, "timestamp  format"),
        ({"store_slug": "aldi"}, "payload.store_slug  enum"),
        ({"service": "receiptwitness"}, "service  is 'receiptwitness', but 'stickershock' sends it"),
    ],
)
def test_an_event_that_does_not_fit_breaks_it(changes, place):
    """A float for money, a new field, a naive timestamp, a new value, another sender: the place is named."""
    said = told(check_channel, CONFIG, ALERTS, Emitted([alert(), alert(**changes)]))

    assert place in said
    assert "sent by  tests/test_alerts.py::test_alert" in said


def test_what_is_no_json_breaks_it():
    """The bytes are judged as they travelled."""
    said = told(
        check_channel, CONFIG, ALERTS, Emitted([Message(ALERTS, b"\xff{", "tests/test_a.py::test_a")])
    )

    assert "json  this is not JSON" in said


def test_a_declared_channel_that_no_test_published_on_breaks_it():
    """All tests ran, so it is known that none did; the line of the declaration is told."""
    said = told(check_channel, CONFIG, ALERTS, Emitted([alert(channel=PRICES)]))

    assert f"stickershock declares {ALERTS}, and no test of its own published an event there." in said


@pytest.mark.parametrize(
    ("messages", "told_of"),
    [
        ([], "at all 0 messages on the tests' Redis"),
        ([alert(channel=PRICES), alert(own=False)], "at all 2 messages on the tests' Redis"),
        ([alert(own=False)] * 2, "at 2 messages, none of them a test's, on the tests' Redis"),
    ],
)
def test_what_was_looked_at_is_told(messages, told_of):
    """What the checks of promises made handlers publish is no test's."""
    assert f"looked   {told_of}: " in told(check_channel, CONFIG, ALERTS, Emitted(messages))


def test_in_a_partial_run_that_cannot_be_told():
    """What did not run may have published it."""
    with pytest.raises(Untested, match="the command line names what to run"):
        check_channel(CONFIG, ALERTS, Emitted(whole=False, why_not="the command line names what to run"))


def test_what_a_promise_sent_is_no_test_of_the_services_own():
    """The check of a handler makes it publish, but nobody looked at what."""
    with pytest.raises(BrokenPromise):
        check_channel(CONFIG, ALERTS, Emitted([alert(own=False)]))


def test_what_a_promise_sent_must_fit_all_the_same():
    """It shows what the handler does with payloads that nobody thought of."""
    said = told(check_channel, CONFIG, ALERTS, Emitted([alert(), alert(own=False, new_price=1)]))

    assert "payload.new_price" in said


@pytest.mark.parametrize(
    "message",
    [
        alert(channel=EventType.ALERT_SHRINKFLATION),
        alert(channel=PRICES),
        alert(channel="cartsnitch.alerts.price_decrease", service="receiptwitness"),
        Message(EventType.COUPONS_UPDATED, b"rubbish", "tests/test_a.py::test_a"),
    ],
)
def test_a_message_on_an_undeclared_channel_breaks_a_promise(message):
    """The service's own, one on a channel that there is not, or one of nobody where the service is deaf."""
    said = told(check_undeclared, CONFIG, Emitted([message]))

    assert said.startswith(f"stickershock published on {message.channel}, which it does not declare.")


@pytest.mark.parametrize(
    "message",
    [
        alert(),
        alert(channel=PRICES, service="receiptwitness"),
        alert(channel=EventType.COUPONS_UPDATED, service="clipartist"),
        Message(PRICES, b"rubbish", "tests/test_a.py::test_a"),
    ],
)
def test_what_a_test_sends_for_others_is_not_the_services_own(message):
    """What others send is arranged so, and rubbish is sent where the service listens."""
    check_undeclared(CONFIG, Emitted([message]))


def test_each_declared_channel_is_one_promise_to_its_subscribers():
    """And there is one more: nothing else is published."""
    made = [(each.name, each.counterpart, each.subject, each.last) for each in promises(CONFIG)]

    assert made == [
        (ALERTS, "API, ClipArtist", "alerts.price_increase", True),
        ("undeclared", "-", "no undeclared channel", True),
    ]


def test_messages_can_be_handed_to_another_process():
    """A worker's messages are the controller's, byte for byte."""
    seen, joined = Emitted([alert(), Message(PRICES, b"\xff", "t", own=False)]), Emitted([alert(own=False)])

    joined.load(json.loads(json.dumps(seen.dump())))

    assert joined.messages[1:] == seen.messages
