"""The fixtures of the tests' conftest files, lent to promises, which lie in another folder."""

from collections.abc import Callable, Generator
from functools import partial
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from cartsnitch_pytest.promises.places import FILE, folders_of_tests

_MADE: Final = pytest.StashKey[dict[object, pytest.FixtureDef[Any]]]()
"""By the function of a session fixture, the definition that made its value."""


def lend_fixtures(node: pytest.File) -> None:
    """Let a file see the fixtures that the service's tests see, those of an inner folder before others."""
    for conftest in _conftests(node):
        _lend(conftest, node)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """What a session fixture made is there once, for tests and promises."""
    if fixturedef.scope != "session":
        return (yield)
    made = request.config.stash.setdefault(_MADE, {})
    maker = made.get(fixturedef.func)
    if maker is None or not _has_value_for(maker, fixturedef, request):
        made[fixturedef.func] = fixturedef
        return (yield)
    value = maker.cached_result[0]  # type: ignore[index]  # it has one
    maker.addfinalizer(partial(fixturedef.finish, request=request))  # type: ignore[arg-type]  # as pytest's own
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixturedef, "func", lambda **needed: value)
        return (yield)


def _has_value_for(
    maker: pytest.FixtureDef[Any], borrower: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> bool:
    """Whether one of both is lent, and the value is that of the same parameter."""
    if _is_lent(maker) == _is_lent(borrower) or maker.cached_result is None:
        return False
    _, parameter, error = maker.cached_result
    return error is None and parameter is borrower.cache_key(request)  # type: ignore[arg-type]  # as above


def _is_lent(fixturedef: pytest.FixtureDef[Any]) -> bool:
    return Path(fixturedef.baseid).name == FILE


def _conftests(node: pytest.File) -> list[ModuleType]:
    """Those for the folders that hold the service's tests, outermost first; the node sees some by itself."""
    folders = folders_of_tests(node.config)
    needed = {each for folder in folders for each in (folder, *folder.parents)} - set(node.path.parents)
    plugins = [each for each in node.config.pluginmanager.get_plugins() if isinstance(each, ModuleType)]
    files = {Path(plugin.__file__ or ""): plugin for plugin in plugins}
    return [files[file] for file in sorted(files) if file.name == "conftest.py" and file.parent in needed]


def _lend(conftest: ModuleType, node: pytest.File) -> None:
    """Let the node see the fixtures of a conftest in another folder.

    pytest parses the fixtures of each object once, so it is shown a copy.
    """
    copy = ModuleType(conftest.__name__)
    vars(copy).update(vars(conftest))
    parse: Callable[..., None] = node.session._fixturemanager.parsefactories
    if "holder" in signature(parse).parameters:  # since pytest 9
        parse(holder=copy, node=node)
    else:
        parse(copy, node.nodeid)
