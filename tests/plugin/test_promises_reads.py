"""What a service reads while its tests run: recorded, written to its statement, or held against it."""

import json

import pytest

from cartsnitch_contracts.diff.collect import collect
from cartsnitch_contracts.diff.consumers import loads

HANDLERS = """
    from sqlalchemy import select

    from cartsnitch_common.database import session_scope
    from cartsnitch_common.models import NormalizedProduct

    def on_prices(event):
        total = 0
        for price in event.payload.prices:
            if price.sale_price is None:
                total += price.regular_price
            else:
                total += price.sale_price
        return total

    async def on_receipt(event):
        return event.payload.receipt_id

    def names():
        with session_scope() as session:
            return session.execute(select(NormalizedProduct.canonical_name)).all()
"""
CLIENT = """
    import httpx

    from cartsnitch_common.schemas.rest import PricePage

    def catch_up(client):
        page = PricePage.model_validate(client.get("/prices").json())
        return [item.source for item in page.items]
"""
TESTS = """
    import httpx
    from shock import client, handlers

    BODY = {"items": [], "next_cursor": None, "has_more": False}

    def test_catching_up():
        transport = httpx.MockTransport(lambda request: httpx.Response(200, json=BODY))
        with httpx.Client(transport=transport, base_url="http://receiptwitness") as http:
            assert client.catch_up(http) == []

    def test_names(service_environment):
        assert handlers.names() == []
"""
DECLARED = """
    calls = ["receiptwitness:GET /prices"]
    [tool.cartsnitch.consumes]
    "cartsnitch.prices.updated" = "shock.handlers:on_prices"
    "cartsnitch.receipts.ingested" = "shock.handlers:on_receipt"
"""
STATED = "contracts/stickershock.json"


@pytest.fixture
def shock(project):
    """A service with two handlers, a client, and a query."""
    project.declare(DECLARED.replace("    ", ""))
    for name, source in (("__init__", ""), ("handlers", HANDLERS), ("client", CLIENT)):
        project.write(f"shock/{name}.py", source)
    project.write("tests/test_shock.py", TESTS)
    return project


def stated(project):
    """What the service's statement says."""
    return json.loads((project.folder / STATED).read_text())


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_reads_are_written_to_the_statement(shock, workers, tmp_path):
    """Of events by the promises, of answers and tables by the service's tests; it can be collected."""
    result = shock.run("--cartsnitch-record", *workers)

    assert result.ret == 0, result.stdout.str()
    found = stated(shock)
    assert found["consumes"] == {
        "prices.updated": {
            "decoder": "shared",
            "reads": [
                {"field": "payload.prices[].regular_price", "at": "handlers.py:11"},
                {"field": "payload.prices[].sale_price", "at": "handlers.py:10"},
            ],
        },
        "receipts.ingested": {
            "decoder": "shared",
            "reads": [{"field": "payload.receipt_id", "at": "handlers.py:17"}],
        },
    }
    assert found["calls"]["receiptwitness"]["GET /prices"]["reads"] == [
        {"field": "items", "at": "client.py:8"}
    ]
    assert found["tables"]["reads"] == ["normalized_products"]
    assert found["tables"]["columns"] == {
        "normalized_products": [{"field": "canonical_name", "at": "handlers.py:21"}]
    }
    assert collect([shock.folder], tmp_path).written == ("stickershock",)


def test_the_statement_is_the_same_when_it_is_written_again(shock):
    """Byte by byte."""
    shock.run("--cartsnitch-record")
    first = (shock.folder / STATED).read_bytes()

    shock.run("--cartsnitch-record", "-n", "2")

    assert (shock.folder / STATED).read_bytes() == first


def test_code_that_no_test_runs_makes_it_a_lower_bound(shock):
    """An answer without items leaves a comprehension's body unseen, which the comparer is told."""
    shock.run("--cartsnitch-record")

    prices = stated(shock)["calls"]["receiptwitness"]["GET /prices"]
    assert (prices["complete"], prices["uncovered"]) == (False, ["client.py:8"])
    stickershock = loads((shock.folder / STATED).read_text(), source=STATED)
    assert stickershock.caller("receiptwitness", "GET /prices", calling=False).reads is None


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_reading_more_than_is_stated_fails_the_run(shock, workers):
    """All tests pass, and the summary names the field and the line."""
    shock.run("--cartsnitch-record")
    more = HANDLERS.replace("payload.receipt_id", "payload.receipt_id, event.payload.total")
    shock.write("shock/handlers.py", more)

    result = shock.run(*workers)

    assert "failed" not in result.parseoutcomes()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["reads * fields; 1 undeclared: receipts.ingested: total at handlers.py:17  -> --cartsnitch-record"]
    )


def test_reading_what_is_stated_passes(shock):
    """Or less of it."""
    shock.run("--cartsnitch-record")

    result = shock.run()

    assert result.ret == 0
    result.stdout.re_match_lines([r"reads        \d+ of \d+ fields$"])


def test_without_a_statement_everything_may_be_read(shock):
    """The summary says that nothing is stated."""
    result = shock.run()

    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["reads * fields; nothing is stated in contracts/stickershock.json  -> --cartsnitch-record"]
    )


@pytest.mark.parametrize(
    ("options", "why"),
    [(["-k", "names"], "-k chose some tests"), (["--maxfail=1", "-W", "error"], "1 tests failed")],
)
def test_a_run_that_says_too_little_is_not_written(shock, options, why):
    """And fails, with the reason: a partial one, and one in which a test failed."""
    shock.write("tests/test_bad.py", "def test_bad(): assert 0")

    result = shock.run("--cartsnitch-record", *options)

    assert result.ret == 1
    assert not (shock.folder / STATED).exists()
    result.stdout.fnmatch_lines([f"reads *stickershock.json is not written: {why}. Run all tests *"])


def test_a_subscriber_is_recorded_in_the_services_own_tests(shock):
    """Its handler gets the event by Redis, and need not be declared."""
    shock.declare("")
    shock.write("src/shock/__init__.py", "")
    for name, source in (("handlers", HANDLERS), ("client", CLIENT)):
        shock.write(f"src/shock/{name}.py", source)
    shock.write(
        "tests/test_shock.py",
        """
        import threading

        from cartsnitch_common.events import EventPublisher, EventSubscriber
        from cartsnitch_fixtures.factories import PricesUpdatedFactory
        from shock.handlers import on_prices

        def test_it(redis_url, redis_client):
            subscriber = EventSubscriber(redis_url)
            subscriber.on("cartsnitch.prices.updated", lambda event: (on_prices(event), subscriber.stop()))
            thread = threading.Thread(target=subscriber.run)
            thread.start()
            subscriber.ready.wait(10)
            EventPublisher(redis_client, "receiptwitness").publish(PricesUpdatedFactory.build())
            thread.join(10)
        """,
    )

    result = shock.run("--cartsnitch-record")

    assert result.ret == 0
    result.stdout.re_match_lines([r"reads        2 of 9 fields, written to contracts/stickershock.json"])
