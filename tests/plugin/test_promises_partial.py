"""Which runs leave tests out: told by what pytest made of its arguments, however these are spelled."""

from types import SimpleNamespace

import pytest

from cartsnitch_pytest.promises.declared import DECLARED
from cartsnitch_pytest.promises.partial import leaves_out_always, why_partial


@pytest.fixture
def started(pytester, monkeypatch):
    """The configuration of a pytest that is started with these arguments, in a folder of a service."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def started(*arguments, addopts=""):
        pytester.makepyprojecttoml(f'[tool.pytest.ini_options]\ntestpaths = ["."]\naddopts = "{addopts}"')
        config = pytester.parseconfig(*arguments)
        config.stash[DECLARED] = SimpleNamespace(folder=pytester.path)
        return config

    return started


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["-k", "x"], "-k"),
        (["-kx"], "-k"),
        (["-vk", "x"], "-k"),
        (["-qm", "fast"], "-m"),
        (["--last-failed"], "--lf"),
        (["--sw"], "--stepwise"),
        (["--sw-skip"], "--stepwise-skip"),
        (["--ignore", "x"], "--ignore"),
        (["--co"], "--collect-only"),
    ],
)
@pytest.mark.parametrize("addopts", ["", "-m 'not slow' --ignore=y"])
def test_an_option_that_chooses_is_known_in_each_spelling(started, arguments, option, addopts):
    """Also where the project's own options choose already."""
    config = started(*arguments, addopts=addopts)

    assert why_partial(config) == f"{option} chose some tests"
    assert not leaves_out_always(config)


def test_the_environment_may_choose(started, monkeypatch):
    """It is of this run, other than the project's own options."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k x")

    assert why_partial(started()) == "-k chose some tests"


@pytest.mark.parametrize("addopts", ["", "-m 'not slow'", "-vm 'not slow' --ignore=y"])
def test_what_the_projects_own_options_leave_out_is_not_missed(started, addopts):
    """A run without further options is whole."""
    config = started("-v", "-p", "no:randomly", addopts=addopts)

    assert why_partial(config) == ""
    assert leaves_out_always(config) == bool(addopts)


def test_a_run_that_is_started_in_a_folder_of_tests_is_of_that_folder(started, pytester, monkeypatch):
    """There pytest collects no other."""
    monkeypatch.chdir(pytester.mkdir("tests"))

    assert why_partial(started()) == "only the tests of the folder tests run"
