"""What a service reads while its tests run: recorded, written to its statement, or held against it."""

import json

import pytest

from cartsnitch_contracts.diff.collect import collect
from cartsnitch_contracts.diff.consumers import loads
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_pytest.promises.reads import roots

pytestmark = pytest.mark.services

HANDLERS = """
    from sqlalchemy import select

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

    def names(session):
        return session.execute(select(NormalizedProduct.canonical_name)).all()
"""
CLIENT = """
    import httpx

    from cartsnitch_common.schemas.rest import PricePage

    def catch_up(client):
        page = PricePage.model_validate(client.get("/prices").json())
        return [item.source for item in page.items]

    def elsewhere(page):
        return page.next_cursor
"""
TESTS = """
    import httpx
    from shock import client, handlers

    def test_catching_up(stub):
        other = stub("receiptwitness")
        key = {"X-Service-Key": "of a test"}
        with httpx.Client(transport=other.transport, base_url=other.base_url, headers=key) as http:
            assert client.catch_up(http)

    def test_names(db_session):
        assert handlers.names(db_session) == []
"""
MORE = """\
        if page.has_more:
            return elsewhere(page)
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


def test_reads_are_written_to_the_statement(shock, tmp_path):
    """Of events by the promises, of answers and tables by the service's tests; it can be collected."""
    result = shock.run("--cartsnitch-record")

    assert result.ret == 0, result.stdout.str()
    found = stated(shock)
    assert found["consumes"] == {
        "prices.updated": {
            "decoder": "shared",
            "reads": [
                {"field": "payload.prices[].regular_price", "at": "handlers.py:10"},
                {"field": "payload.prices[].sale_price", "at": "handlers.py:9"},
            ],
        },
        "receipts.ingested": {
            "decoder": "shared",
            "reads": [{"field": "payload.receipt_id", "at": "handlers.py:16"}],
        },
    }
    assert found["calls"]["receiptwitness"]["GET /prices"] == {
        "decoder": "shared",
        "reads": [{"field": "items[].source", "at": "client.py:8"}],
    }
    assert found["tables"]["reads"] == ["normalized_products"]
    assert found["tables"]["columns"] == {
        "normalized_products": [{"field": "canonical_name", "at": "handlers.py:19"}]
    }
    assert collect([shock.folder], tmp_path).written == ("stickershock",)


def test_what_runs_while_a_conftest_is_loaded_counts(shock):
    """A module that makes its tables when it is imported is covered, if a conftest imports it first."""
    shock.write("shock/rules.py", "def make():\n    return ['a rule']\n\nRULES = make()\n")
    shock.write("tests/conftest.py", "import shock.rules\n")

    shock.run("--cartsnitch-record")

    assert "rules.py" not in str(stated(shock)["tables"]["uncovered"])


def test_workers_write_the_same_statement(shock):
    """Byte by byte, though each saw a part of it."""
    shock.run("--cartsnitch-record")
    first = (shock.folder / STATED).read_bytes()

    shock.run("--cartsnitch-record", "-n", "2")

    assert (shock.folder / STATED).read_bytes() == first


def test_code_that_no_test_runs_makes_it_a_lower_bound(shock):
    """A branch for the next page is not seen, which the summary says, and the comparer is told."""
    shock.write("shock/client.py", CLIENT.replace("        return [item", f"{MORE}        return [item"))

    result = shock.run("--cartsnitch-record")

    prices = stated(shock)["calls"]["receiptwitness"]["GET /prices"]
    assert (prices["complete"], prices["uncovered"]) == (False, ["client.py:9", "client.py:13"])
    stickershock = loads((shock.folder / STATED).read_text(), source=STATED)
    caller = stickershock.caller("receiptwitness", "GET /prices", calling=False)
    assert caller is not None
    assert caller.reads is None
    result.stdout.fnmatch_lines(
        ["*a lower bound of what it reads of receiptwitness GET /prices,*client.py:9*"]
    )


def test_reading_more_than_is_stated_fails_the_run(shock):
    """All tests pass, and the summary names field and line; to read what is stated is as it should be."""
    shock.run("--cartsnitch-record")
    as_stated = shock.run()
    shock.write("shock/handlers.py", HANDLERS.replace("receipt_id", "receipt_id, event.payload.total"))

    result = shock.run("-n", "2")

    assert as_stated.ret == 0
    as_stated.stdout.re_match_lines([r"reads +\d+ of \d+ fields$"])
    assert "failed" not in result.parseoutcomes()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["reads * fields; 1 undeclared: receipts.ingested: total at handlers.py:16  -> --cartsnitch-record"]
    )


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


@pytest.mark.parametrize(
    ("option", "why"), [("--collect-only", "--collect-only chose some tests"), ("--fixtures", "no test ran")]
)
def test_a_run_without_tests_leaves_the_statement_as_it_is(shock, option, why):
    """It read nothing, which says nothing of the service."""
    shock.write(STATED, "{}")

    result = shock.run("--cartsnitch-record", option)

    assert stated(shock) == {}
    result.stdout.fnmatch_lines([f"reads *stickershock.json is not written: {why}. Run all tests *"])


def test_a_subscriber_is_recorded_in_the_services_own_tests(shock):
    """Its handler gets the event by Redis; neither it nor where the code lies need be declared."""
    shock.declare("")
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
    result.stdout.re_match_lines([r"reads +2 of 9 fields, written to contracts/stickershock.json"])


def test_whatever_is_installed_with_the_project_is_its_code(tmp_path, monkeypatch):
    """A second package and a module, though the declaration names neither; the tests are not."""
    files = ("shock/__init__.py", "shock/deep/rules.py", "jobs.py", "tests/test_jobs.py", "../bin/shock.py")
    info = tmp_path / "stickershock-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stickershock\nVersion: 1\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    for file in files[:-1]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.syspath_prepend(tmp_path)
    declared = ServiceConfig(tmp_path / "elsewhere/pyproject.toml", "stickershock", name="stickershock")

    assert roots(declared) == [tmp_path / "jobs.py", tmp_path / "shock"]
