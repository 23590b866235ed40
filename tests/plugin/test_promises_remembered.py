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


def test_a_promise_that_is_no_longer_made_is_forgotten(project):
    """It would be told as broken for ever; what another file declares in the same cache is not concerned."""
    other = "other/pyproject.toml::serves[GET /alerts]"
    project.declare('publishes = ["cartsnitch.alerts.price_increase"]')
    project.write("tests/test_plain.py", TESTS)
    cache = project.folder / ".pytest_cache/v/cartsnitch/promises"
    before = record(project)
    cache.write_text(
        json.dumps({**json.loads(cache.read_text()), other: {"outcome": "passed", "reason": ""}})
    )

    project.declare("")

    undeclared = "pyproject.toml::publishes[undeclared]"
    assert len(before) == 2
    assert record(project, "-k", "undeclared") == {undeclared: "passed", other: "passed"}
