"""What a run leaves on record for `cartsnitch contracts doctor`."""

import json

import pytest

pytestmark = pytest.mark.services

TESTS = """
    def test_plain(): ...
"""


def record(project, *options):
    """Run with a cache; gives the last outcome of each promise."""
    run = project.folder / ".pytest_cache/v/cartsnitch/promises"
    project.run(*options, cache=True)
    return {name: each["outcome"] for name, each in json.loads(run.read_text()).items()}


def test_each_promise_has_its_last_outcome(project):
    """A run of some leaves those of the others as they were; under xdist the controller keeps them."""
    project.declare('publishes = ["cartsnitch.alerts.price_increase"]')
    project.write("tests/test_plain.py", TESTS)
    alert, undeclared = (
        f"pyproject.toml::publishes[{name}]" for name in ("cartsnitch.alerts.price_increase", "undeclared")
    )

    whole = record(project)
    some = record(project, "-k", "price_increase")
    workers = record(project, "-n", "2")

    assert whole == {alert: "failed", undeclared: "passed"}
    assert some == {alert: "skipped", undeclared: "passed"}
    assert workers == whole
