"""A run that checks the handlers of a service: what they are given, what is printed, what is kept."""

import json

import pytest

CHANNEL = "cartsnitch.prices.updated"
CONSUMES = f'consumes."{CHANNEL}" = "shock.handlers:on_prices_updated"'
NEEDS = """
    async def on_prices_updated(event, clock, ledger, *, limit=10):
        assert (clock, limit) == ("noon", 10)
        await ledger.note(len(event.payload.prices))
"""
FIXTURES = """
    import asyncio
    import pytest
    import pytest_asyncio

    class Ledger:
        def __init__(self):
            self.loop = asyncio.get_running_loop()
        async def note(self, count):
            assert asyncio.get_running_loop() is self.loop

    @pytest.fixture
    def clock():
        return "noon"

    @pytest_asyncio.fixture
    async def ledger():
        return Ledger()
"""
BREAKS = """
    def on_prices_updated(event):
        for price in event.payload.prices:
            saved = price.regular_price - price.sale_price
"""


@pytest.fixture
def service(project):
    """A service that consumes prices."""
    project.declare(CONSUMES)
    project.write("src/shock/__init__.py", "")
    return project


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_handlers_arguments_are_fixtures_of_the_tests(service, workers):
    """Those of `tests/conftest.py`, asynchronous ones too, in the loop in which these were made."""
    service.write("src/shock/handlers.py", NEEDS)
    service.write("tests/conftest.py", FIXTURES)

    result = service.run(*workers)

    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(
        ["consumes *ReceiptWitness *prices.updated next *6 *0 *0", "7 kept, 0 broken, 0 *"]
    )


def test_a_broken_promise_is_reported_kept_and_counted(service):
    """The report names the one change; its file is a test in the next run; the summary counts it."""
    service.write("src/shock/handlers.py", BREAKS)

    result = service.run("--cartsnitch-seed", "7")

    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(
        [
            "shock.handlers:on_prices_updated raised on an event the contract allows.",
            'smallest event (example "*", one change):',
            "    payload.prices?0?.sale_price    * -> null",
            "at       src/shock/handlers.py:4   saved = price.regular_price - price.sale_price",
            "kept as  contracts/regressions/prices-updated-01.json",
            "*= contracts: stickershock | common * | seed 7 =*",
            "consumes *ReceiptWitness *prices.updated next *5 *1 *0",
            "6 kept, 1 broken, 0 untested in *",
        ]
    )
    kept = json.loads((service.folder / "contracts/regressions/prices-updated-01.json").read_text())
    assert kept["channel"] == CHANNEL
    again = service.run(f"pyproject.toml::consumes[{CHANNEL}-regression-01]", contracts=False)
    again.assert_outcomes(failed=1)


def test_a_handler_that_is_not_there_fails_one_promise(service):
    """The message names the module, the reason and the line of the declaration; other promises go on."""
    service.write("src/shock/handlers.py", "import nothing_of_that_name")

    result = service.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "shock.handlers:on_prices_updated cannot be imported: ModuleNotFoundError: *",
            "declared pyproject.toml:3",
        ]
    )


def test_a_subscriber_whose_handler_demands_more_than_the_event_fails_one_promise(service):
    """On a real server it would fail on each event, whatever fixtures there are."""
    service.write(
        "src/shock/handlers.py",
        f"""
        from cartsnitch_common.events import EventSubscriber

        subscriber = EventSubscriber()

        @subscriber.on("{CHANNEL}")
        def on_prices(event, cache):
            cache.set("seen", 1)
        """,
    )
    service.declare(CONSUMES.replace(":on_prices_updated", ":subscriber"))

    result = service.run(cache=True)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "shock.handlers:subscriber cannot be imported: * on_prices demands 'cache', *partial). Correct *",
            "declared pyproject.toml:3",
        ]
    )


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            "clokc, *, limit=10",
            "wants 'clokc', and there is no such fixture. Did you mean clock? Its parameters *",
        ),
        ("cache, clock", "wants 'cache', and the only fixture of that name is pytest's own, which no *"),
        ("request", "wants 'request', and the only fixture of that name is pytest's own, which no *"),
    ],
    ids=["typo", "built in", "request"],
)
def test_a_parameter_that_nothing_can_fill_fails_one_promise(service, parameters, said):
    """The message names handler, line and parameter; what pytest has for tests alone fills nothing."""
    service.write("src/shock/handlers.py", f"def on_prices_updated(event, {parameters}):\n    pass")
    service.write("tests/conftest.py", FIXTURES)

    result = service.run(cache=True)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"shock.handlers:on_prices_updated (src/shock/handlers.py:1) {said}",
            "declared pyproject.toml:3",
            f"FAILED *::consumes?{CHANNEL}-handler?*",
        ]
    )


def test_a_fixture_of_the_services_own_fills_a_parameter_that_is_called_as_one_of_pytests(service):
    """What its conftest defines is meant."""
    service.write("src/shock/handlers.py", "def on_prices_updated(event, cache):\n    assert cache == {}")
    service.write("tests/conftest.py", "import pytest\n\n@pytest.fixture\ndef cache():\n    return {}")

    result = service.run(cache=True)

    result.assert_outcomes(passed=7)


def test_who_explores_is_told_the_seed_to_look_there_again(service):
    """More events, others in each run; the summary has the seed."""
    service.write(
        "src/shock/handlers.py", "def on_prices_updated(event):\n    print('took', event.timestamp)"
    )
    promise = f"pyproject.toml::consumes[{CHANNEL}-accepts-next]"

    result = service.run(promise, "--cartsnitch-explore", "40", "-s")
    (line,) = [line for line in result.outlines if "= contracts: " in line]
    seed = line.rstrip(" =").rpartition("seed ")[2]
    again = service.run(promise, "--cartsnitch-explore", "40", "--cartsnitch-seed", seed, "-s")

    took = [[line for line in run.outlines if "took" in line] for run in (result, again)]
    assert took[0] == took[1]
    assert len(took[0]) > 30


def test_a_handler_that_writes_to_another_services_table_is_refused_by_postgres(service):
    """It runs as the service's role; the report says what to do instead."""
    service.write(
        "src/shock/handlers.py",
        """
        from cartsnitch_common.database import session_scope
        from cartsnitch_common.models import NormalizedProduct

        def on_prices_updated(event):
            with session_scope() as session:
                for price in event.payload.prices:
                    product = session.get(NormalizedProduct, price.normalized_product_id)
                    product.brand = "Own"
        """,
    )

    result = service.run(f"pyproject.toml::consumes[{CHANNEL}-accepts-next]")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "raised   ProgrammingError: *permission denied for table normalized_products*",
            "normalized_products is ReceiptWitness's table, and StickerShock may not * it: through REST, *",
        ]
    )
