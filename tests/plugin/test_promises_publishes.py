"""In a run of a service's tests, what they publish is judged once they are over."""

import pytest

pytestmark = pytest.mark.services

CHANNEL = "cartsnitch.alerts.price_increase"
SENDS = """
    from cartsnitch_common.events import EventPublisher, encode_event
    from cartsnitch_fixtures.factories import PriceIncreaseAlertFactory

    def test_sends(redis_client):
        EventPublisher(redis_client, "stickershock").publish(PriceIncreaseAlertFactory.build())

    def test_sends_dollars(redis_client):
        payload = PriceIncreaseAlertFactory.build()
        raw = encode_event(payload.event_type, "stickershock", payload)
        redis_client.publish(payload.event_type, raw.replace(b'"new_price":"', b'"new_price":"$'))

    def test_plain():
        pass
"""


@pytest.fixture
def declared(project):
    """A service that promises to publish alerts, with tests of which one breaks the promise."""
    project.declare(f'publishes = ["{CHANNEL}"]')
    project.write("tests/test_alerts.py", SENDS)
    return project


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_broken_event_fails_its_promise_and_no_test(declared, workers):
    """The run fails by the promise, with the place and the test that sent it; under xdist just so."""
    result = declared.run(*workers)

    result.assert_outcomes(passed=4, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*publishes*price_increase*",
            "stickershock published on cartsnitch.alerts.price_increase what the contract does not allow:",
            "    payload.new_price  pattern  *",
            "sent by  tests/test_alerts.py::test_sends_dollars",
            "FAILED pyproject.toml::publishes?cartsnitch.alerts.price_increase? *",
        ]
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_channel_that_no_test_publishes_on_fails_a_full_run(declared, workers):
    """The one test that is left does not publish."""
    declared.write("tests/test_alerts.py", "def test_plain(redis_client): pass")

    result = declared.run(*workers)

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["stickershock declares *, and no test of its own published an event there."])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["-k", "plain or publishes"], "-k chose some tests"),
        (["--deselect", "tests/test_alerts.py::test_sends"], "--deselect chose some tests"),
        (["tests/test_alerts.py::test_plain", "pyproject.toml"], "the command line names what to run"),
        (["-n", "2", "-k", "plain or publishes"], "-k chose some tests"),
        (["--continue-on-collection-errors"], "tests/test_broken.py could not be collected"),
    ],
)
def test_in_a_partial_run_it_is_untested(declared, options, why):
    """What was left out may have published."""
    declared.write("tests/test_alerts.py", "def test_plain(): pass\n\ndef test_sends(): pass")
    if "collected" in why:
        declared.write("tests/test_broken.py", "import nothing_of_that_name")

    result = declared.run(*options, "-rs")

    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines([f"SKIPPED * no test that ran published {CHANNEL}; {why}"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_run_from_which_a_conftest_takes_tests_is_partial(declared, workers):
    """Under xdist the workers alone know of it."""
    declared.write("tests/test_alerts.py", "def test_plain(): pass\n\ndef test_sends(): pass")
    declared.write(
        "tests/conftest.py",
        """
        def pytest_collection_modifyitems(config, items):
            left_out = [item for item in items if item.name == "test_sends"]
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)
        """,
    )

    result = declared.run(*workers, "-rs")

    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(
        [f"SKIPPED * no test that ran published {CHANNEL}; some tests were deselected"]
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_what_the_projects_own_settings_leave_out_is_not_missed(declared, workers):
    """A service that never runs its slow tests has a full run without them."""
    text = (declared.folder / "pyproject.toml").read_text()
    settings = '\naddopts = ["-m", "not slow"]\nmarkers = ["slow: takes minutes"]\n'
    declared.write("pyproject.toml", text + settings)
    declared.write(
        "tests/test_alerts.py",
        """
        import pytest

        def test_plain(): pass

        @pytest.mark.slow
        def test_slow(): pass
        """,
    )

    result = declared.run(*workers)

    result.assert_outcomes(passed=2, failed=1, deselected=0 if workers else 1)
