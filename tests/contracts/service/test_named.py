"""What a declaration names is looked for in the source, and not imported."""

import pytest

from cartsnitch_contracts.service.named import missing

SOURCE = """
raise RuntimeError("this is not to be imported")
import os.path
from json import loads as read
app: object = make()
first, *rest = 1, 2
try:
    with open("x") as opened:
        def on_prices(event): ...
except OSError: ...
class Bus:
    inner = 1
def build():
    local = 1
"""


@pytest.fixture
def project(tmp_path):
    """A package in `src` with one module of each sort."""
    package = tmp_path / "src" / "shock_of_the_test"
    (package / "deep").mkdir(parents=True)
    for name, source in {
        "__init__": "", "watch": SOURCE, "all": "from os import *", "lazy": "def __getattr__(name): ...",
        "deep/hands": "def take(event): ...",
    }.items():  # fmt: skip
        (package / f"{name}.py").write_text(source, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "place",
    [
        *(f"watch:{name}" for name in ("app", "first", "rest", "opened", "on_prices", "os", "read", "Bus")),
        *("all:getcwd", "lazy:anything", "deep.hands:take"),
    ],
)
def test_what_is_there_is_found(project, place):
    """Bound in whatever way; where a module makes names as it runs, its source cannot tell."""
    assert missing(project, f"shock_of_the_test.{place}") == ""


@pytest.mark.parametrize("place", ["json:loads", "shock_of_the_test:watch.app", "sys:exit"])
def test_what_is_installed_or_a_module_is_found(project, place):
    """An app may be another distribution's."""
    assert missing(project, place) == ""


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("shock_of_the_test.watch:ap", "watch.py has no ap. Did you mean app?"),
        ("shock_of_the_test.watch:local", "watch.py has no local"),
        ("shock_of_the_test.watch:inner", "watch.py has no inner"),
        ("shock_of_the_test.wath:app", "there is no module shock_of_the_test.wath. Did you mean "),
        ("shock_of_the_test.watch.deep:app", "there is no module shock_of_the_test.watch.deep"),
        ("no_such_module:app", "there is no module no_such_module"),
        ("no_such.module:app", "there is no module no_such.module"),
    ],
)
def test_what_is_not_there_is_told(project, place, why):
    """With the nearest that is."""
    assert missing(project, place).startswith(why)
