"""A service's promises become tests: where they are collected, and how their ids run again."""

import pytest

pytestmark = pytest.mark.services

ALERTS = 'publishes = ["cartsnitch.alerts.price_increase"]'
ID = "pyproject.toml::publishes[cartsnitch.alerts.price_increase]"
PLAIN = "def test_plain(): pass"


@pytest.fixture
def declared(project):
    """A service that promises to publish alerts, and has one test."""
    project.declare(ALERTS)
    project.write("tests/test_plain.py", PLAIN)
    return project


def collected(result):
    """The ids that `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def test_promises_are_collected_beside_testpaths(declared):
    """`testpaths` names the tests alone, and the promises come after them all the same."""
    result = declared.run("--collect-only", "-q")

    assert collected(result) == [
        "tests/test_plain.py::test_plain",
        ID,
        "pyproject.toml::publishes[undeclared]",
    ]


def test_they_are_collected_once_where_the_whole_folder_is(declared):
    """Without `testpaths` pytest walks the folder, which has the file."""
    text = (declared.folder / "pyproject.toml").read_text()
    declared.write("pyproject.toml", text.replace('testpaths = ["tests"]', ""))

    result = declared.run("--collect-only", "-q")

    assert sorted(collected(result))[:2] == [ID, "pyproject.toml::publishes[undeclared]"]
    assert len(collected(result)) == 3


def test_without_the_switch_there_are_none(declared):
    """The plugin does nothing that nobody asked for."""
    result = declared.run("--collect-only", "-q", contracts=False)

    assert collected(result) == ["tests/test_plain.py::test_plain"]


def test_the_switch_can_be_an_ini_setting(declared):
    """A service that wants its promises checked in every run says so once."""
    with (declared.folder / "pyproject.toml").open("a") as file:
        file.write("cartsnitch_contracts = true\n")

    result = declared.run("--collect-only", "-q", contracts=False)

    assert ID in collected(result)


def test_who_names_a_test_gets_no_promises(declared):
    """They are beside the point there."""
    result = declared.run("tests/test_plain.py")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("argument", [ID, "pyproject.toml::publishes", "pyproject.toml"])
def test_an_id_as_printed_runs_again(declared, argument):
    """Also without the switch, which it implies."""
    result = declared.run(argument, "--collect-only", "-q", contracts=False)

    assert ID in collected(result)
    assert all(line.startswith("pyproject.toml::publishes[") for line in collected(result))


def test_promises_are_found_from_a_folder_below(declared, monkeypatch):
    """Who works in `tests` has the same declaration."""
    monkeypatch.chdir(declared.folder / "tests")

    result = declared.run("--collect-only", "-q", "--rootdir", "..")

    assert any("publishes[cartsnitch.alerts.price_increase]" in line for line in collected(result))


def test_a_mistake_in_the_declaration_stops_the_run_with_its_line(declared):
    """Nothing is collected, and the message points at the file."""
    declared.declare('publishes = ["cartsnitch.alerts.price"]')

    result = declared.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pyproject.toml:3: There is no channel 'cartsnitch.alerts.price'.*"])


def test_without_a_declaration_the_switch_says_what_to_write(project):
    """The option alone has nothing to check."""
    result = project.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *pyproject.toml cannot be read: No such file or directory.*"])


def test_promises_come_last_however_tests_are_ordered(declared):
    """A plugin that turns the order round does not put them before the tests that they are about."""
    declared.write(
        "tests/conftest.py",
        """
        def pytest_collection_modifyitems(items):
            items.reverse()
        """,
    )

    result = declared.run("--collect-only", "-q")

    assert collected(result)[0] == "tests/test_plain.py::test_plain"
