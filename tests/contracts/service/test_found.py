"""What is read from a service's source, in the styles that services are written in."""

import textwrap

import pytest

from cartsnitch_common.constants import EventType, Service
from cartsnitch_contracts.service.drafting import propose, service_of
from cartsnitch_contracts.service.found import find
from cartsnitch_contracts.service.overrides import overridden

PRICES, ALERT = EventType.PRICES_UPDATED, EventType.ALERT_PRICE_INCREASE
EVENTS, CONSTANTS = "cartsnitch_common.schemas.events", "cartsnitch_common.constants"
HANDLER = "shock.watch:on_prices"


@pytest.fixture
def write(tmp_path):
    """A file of the project `tmp_path`; gives the project."""

    def write(source, path="src/shock/watch.py"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source), encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    "source",
    [
        f"from {EVENTS} import PriceIncreaseAlert\npublisher.publish(PriceIncreaseAlert(a=1))",
        "from cartsnitch_common.schemas import events\nevents.PriceIncreaseAlert(**told)",
        f"from {EVENTS} import PriceIncreaseAlert as Alert\nalerts = [Alert(**each) for each in told]",
        f"from {CONSTANTS} import EventType as E\nbus.publish_many(x, event_type=E.ALERT_PRICE_INCREASE)",
        f"from cartsnitch_common.events import publish_event\npublish_event(redis, '{ALERT}', s, p)",
        f"async def f(redis):\n    await redis.publish('{ALERT}', raw)",
        f"import {CONSTANTS} as c\nclient.publish(c.EventType.ALERT_PRICE_INCREASE.value, raw)",
    ],
)
def test_what_is_published_is_seen(write, source):
    """By the payload's class, or by the channel that a call is given."""
    found = find(write(source))

    assert set(found.publishes) == {ALERT}
    assert found.publishes[ALERT].path.name == "watch.py"


@pytest.mark.parametrize(
    ("source", "handler"),
    [
        ("@subscriber.on(EventType.PRICES_UPDATED)\ndef on_prices(event): ...", HANDLER),
        ("@subscriber.on('cartsnitch.prices.updated')\nasync def on_prices(event): ...", HANDLER),
        ("def on_prices(event): ...\nsubscriber.on(EventType.PRICES_UPDATED, on_prices)", HANDLER),
        ("from functools import partial\nsub.on(EventType.PRICES_UPDATED, partial(on_prices, x=1))", HANDLER),
        ("from shock.hands import take\nsub.on(EventType.PRICES_UPDATED, take)", "shock.hands:take"),
        ("from .hands import take\nsub.on(EventType.PRICES_UPDATED, take)", "shock.hands:take"),
        ("subscriber.on(EventType.PRICES_UPDATED)(on_prices)", HANDLER),
        ("def build():\n    subscriber.on(EventType.PRICES_UPDATED)(on_prices)", HANDLER),
        ("def build():\n    build_subscriber().on(EventType.PRICES_UPDATED, handler=on_prices)", HANDLER),
        ("CHANNEL = EventType.PRICES_UPDATED\nsubscriber.on(CHANNEL, on_prices)", HANDLER),
        ("sub.on(EventType.PRICES_UPDATED)(self.take)", ""),
        ("register = sub.on(EventType.PRICES_UPDATED)", ""),
        ("sub.on(EventType.PRICES_UPDATED, self.take)", ""),
        ("pubsub.subscribe('cartsnitch.prices.updated')", ""),
    ],
)
def test_what_is_listened_to_is_seen_with_its_handler(write, source, handler):
    """Registered by a decorator or a call; a method or a bare subscription has none that can be named."""
    found = find(write(f"from cartsnitch_common.constants import EventType\n{source}"))

    assert {channel: place[0] for channel, place in found.listens.items()} == {PRICES: handler}


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        ("def build():\n  @sub.on(EventType.PRICES_UPDATED)\n  def on_prices(event): ...", "build()"),
        ("def build():\n  async def take(event): ...\n  sub.on(EventType.PRICES_UPDATED)(take)", "build()"),
        ("def build(sub, take):\n  sub.on(EventType.PRICES_UPDATED, take)", "build()"),
        ("class Bus:\n  @sub.on(EventType.PRICES_UPDATED)\n  def take(self, event): ...", "Bus"),
        ("class A:\n  def on_prices(): ...\n  def b(s):\n    s.on(EventType.PRICES_UPDATED, on_prices)", ""),
    ],
)
def test_a_handler_that_its_module_does_not_have_is_not_proposed(write, source, inside):
    """It cannot be named; where it is local, and what to do, is said instead."""
    found = find(write(f"from cartsnitch_common.constants import EventType\n{source}"))

    proposal = propose(Service.STICKER_SHOCK, found)

    assert proposal.draft.consumes == ({} if inside else {PRICES: HANDLER})
    line = found.listens[PRICES][1].line
    reason = f"watch.py:{line} is inside {inside}; name a function of the module"
    assert proposal.left_out == ((f"consumes {PRICES}: {reason}",) if inside else ())


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("client.get('/prices', params={})", "receiptwitness:GET /prices"),
        ("httpx.get('http://receiptwitness:8000/prices?limit=5')", "receiptwitness:GET /prices"),
        ("self._get(f'/products/{key}', Product)", "receiptwitness:GET /products/{id}"),
        ("requests.get(f'{base}/purchases/{purchase.id}')", "receiptwitness:GET /purchases/{id}"),
        ("client.request('POST', '/optimize', json=x)", "clipartist:POST /optimize"),
        ("session.post(url=f'{base}/sync/{slug}')", "receiptwitness:POST /sync/{store_slug}"),
        ("client.post('/prices')", None),
        ("settings.get('/elsewhere')", None),
        ("@router.get('/increases')\ndef increases(): ...", None),
    ],
)
def test_what_is_called_is_seen(write, source, call):
    """By method and path, whole or put together; the service's own routes are no calls."""
    assert set(find(write(source)).calls) == ({call} if call else set())


def test_tests_and_environments_are_not_the_service(write):
    """What they send and call says nothing of it; a file that is no Python neither."""
    source = "client.get('/prices')\n"
    for path in ("tests/conftest.py", "test_it.py", ".venv/lib/x.py", "build/lib/x.py"):
        write(source, path)
    project = write("def (", "src/shock/broken.py")

    assert find(project).calls == {}


def test_a_proposal_is_what_was_found_and_can_be(write):
    """What the platform's routes do not foresee is left out, with its place and the reason."""
    project = write(
        """
        from cartsnitch_common.constants import EventType, Service
        from cartsnitch_common.events import EventPublisher, EventSubscriber
        from cartsnitch_common.schemas.events import CouponsUpdated, PriceIncreaseAlert
        from fastapi import FastAPI

        app = FastAPI()
        publisher = EventPublisher(client, Service.STICKER_SHOCK)
        publisher.publish(PriceIncreaseAlert(x=1))
        publisher.publish(CouponsUpdated(x=1))
        subscriber.on(EventType.PRICES_UPDATED, on_prices)
        subscriber.on(EventType.RECEIPTS_INGESTED, self.on_receipt)
        subscriber.on(EventType.COUPONS_UPDATED, on_coupons)
        client.get("/prices")
        """
    )
    found = find(project)

    service = service_of(project, found)
    proposal = propose(service, found)

    assert service is Service.STICKER_SHOCK
    assert proposal.draft.publishes == [ALERT]
    assert proposal.draft.consumes == {PRICES: "shock.watch:on_prices"}
    assert proposal.draft.calls == ["receiptwitness:GET /prices"]
    assert proposal.draft.app == "shock.watch:app"
    assert [line.partition(",")[0] for line in proposal.left_out] == [
        "publishes cartsnitch.coupons.updated",
        "consumes cartsnitch.receipts.ingested",
        "consumes cartsnitch.coupons.updated",
    ]


@pytest.mark.parametrize("name", ["stickershock", "sticker-shock", "cartsnitch-stickershock"])
def test_a_project_is_known_by_its_name(write, name):
    """Where no publisher says whose it is."""
    project = write(f'[project]\nname = "{name}"\n', "pyproject.toml")

    assert service_of(project, find(project)) is Service.STICKER_SHOCK


def test_a_project_of_another_name_is_nobodys(write):
    """It is to be asked for."""
    project = write('[project]\nname = "shop"\n', "pyproject.toml")

    assert service_of(project, find(project)) is None


def test_fixtures_of_the_kit_that_a_conftest_has_are_seen(write):
    """By their own name or a given one; helpers and fixtures of the service's own are its business."""
    project = write(
        """
        import pytest
        from pytest import fixture

        @pytest.fixture
        def db_session(): ...

        @fixture(name="redis_url", scope="session")
        def other(): ...

        @pytest.fixture
        def watch(): ...

        def database_url(): ...
        """,
        "tests/conftest.py",
    )

    assert [(name, str(place)) for name, place in overridden(project)] == [
        ("db_session", "conftest.py:6"),
        ("redis_url", "conftest.py:9"),
    ]
