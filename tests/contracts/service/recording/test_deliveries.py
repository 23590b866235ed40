"""Events that the service's code decodes itself, beside those that a subscriber hands to its handler."""

import asyncio
import json
from pathlib import Path

import pytest

import doubled_styles
from cartsnitch_common.events import AsyncEventSubscriber, decode_as, decode_event
from cartsnitch_common.schemas.events import Event, PricesUpdated
from cartsnitch_contracts.files import package_files
from cartsnitch_contracts.service.recording import Recorder, Subject
from cartsnitch_contracts.service.recording.undeclared import read_and_there
from cartsnitch_contracts.snapshot import Snapshot
from read_messages import PRICES_EVENT

EVENTS = Subject("consumes", "prices.updated")
RAW = json.dumps(PRICES_EVENT).encode()
DECODING = [
    doubled_styles.decodes,
    doubled_styles.decodes_as,
    doubled_styles.decodes_with_its_own,
    doubled_styles.validates_the_event,
    doubled_styles.validates_the_payload,
    doubled_styles.makes_the_payload,
    doubled_styles.validates_several,
]


def reads(recorder):
    """The places."""
    return [each.field for each in recorder.notes.reads(EVENTS)]


@pytest.mark.parametrize("decode", DECODING, ids=lambda each: each.__name__)
def test_what_the_service_decodes_is_recorded(recorder, decode):
    """Beside what its handler reads, with what that is."""
    plainly = decode_event(RAW).payload.prices[0].sale_price
    recorder.deliveries.of(doubled_styles.reads_the_shop, decode_event(RAW))

    assert str(decode(RAW)) == str(plainly)

    assert reads(recorder) == ["payload.prices[].sale_price", "payload.prices[].store_slug"]


@pytest.mark.parametrize("decode", DECODING, ids=lambda each: each.__name__)
def test_an_event_of_a_channel_that_it_does_not_consume_says_nothing(decode):
    """An outbox decodes what the service itself publishes."""
    recorder = Recorder("receiptwitness", [Path(doubled_styles.__file__)])
    with recorder.recording():
        decode(RAW)

    assert recorder.notes.subjects == ()


def test_an_event_that_a_test_decodes_says_nothing(recorder):
    """Its reads do not count."""
    assert decode_event(RAW).payload.prices[0].store_slug
    assert PricesUpdated.model_validate(PRICES_EVENT["payload"]).prices[0].store_slug

    assert recorder.notes.subjects == ()


def test_what_a_subscriber_decodes_for_its_handler_is_not_read_twice(recorder, async_redis_client):
    """The service runs it; what it looks at to tell the channel is not the service's affair."""

    async def run(subscriber):
        listening = asyncio.create_task(doubled_styles.listens(subscriber))
        await subscriber.ready.wait()
        await async_redis_client.publish("cartsnitch.prices.updated", RAW)
        await listening
        return subscriber.stats.handled

    assert asyncio.run(run(AsyncEventSubscriber(async_redis_client))) == 1
    assert reads(recorder) == ["payload.prices[].store_slug"]


def test_a_model_of_the_services_own_counts_for_what_it_has(recorder):
    """One field of nine; nothing of it is read beyond what the service states."""
    event = decode_as(RAW, Event[doubled_styles.Prices])

    recorder.deliveries.of(doubled_styles.reads_the_sale_price, event)

    assert read_and_there(recorder.notes, Snapshot("the package", package_files())) == (1, 9)
    assert reads(recorder) == []


def test_what_is_published_is_not_read(recorder):
    """This package checks it, and serialises all of it."""
    payload = json.loads(RAW)["payload"]

    assert json.loads(doubled_styles.publishes(payload))["payload"] == payload

    assert recorder.notes.subjects == ()
