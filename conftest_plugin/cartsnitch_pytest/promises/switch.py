"""Whether a run checks contracts; only then the rest of this package is loaded, before any conftest."""

from collections.abc import Generator
from typing import Final

import pytest

from cartsnitch_pytest.promises.environment import prepare
from cartsnitch_pytest.promises.places import folders_of_tests, names_file

PLUGINS: Final = (
    "cartsnitch_pytest.promises.declared",
    "cartsnitch_pytest.promises.lending",
    "cartsnitch_pytest.promises.collection",
    "cartsnitch_pytest.promises.recording",
    "cartsnitch_pytest.promises.serving",
    "cartsnitch_pytest.promises.workers",
    "cartsnitch_pytest.promises.remembered",
    "cartsnitch_pytest.promises.surroundings",
    "cartsnitch_pytest.promises.reads",
    "cartsnitch_pytest.promises.summary",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch."""
    group = parser.getgroup("cartsnitch-contracts", "CartSnitch: contracts of a service")
    text = "check what the service promises in [tool.cartsnitch] of its pyproject.toml"
    group.addoption("--cartsnitch-contracts", action="store_true", help=text)
    record = "check as well, and write which fields the service reads to contracts/<service>.json"
    group.addoption("--cartsnitch-record", action="store_true", help=record)
    parser.addini("cartsnitch_contracts", f"{text}, in every run", type="bool", default=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """With contracts on, load what checks them before a conftest imports the service."""
    options = early_config.known_args_namespace
    named = names_file(options.file_or_dir)
    wanted = options.cartsnitch_contracts or options.cartsnitch_record
    if not (wanted or early_config.getini("cartsnitch_contracts") or named):
        return (yield)
    prepare()
    for name in PLUGINS:
        early_config.pluginmanager.import_plugin(name)
    _begin(early_config)
    if not named:
        return (yield)
    # Promises use the fixtures of the tests' conftest, which pytest does not load for the file alone.
    given = list(options.file_or_dir)
    options.file_or_dir = [*given, *map(str, folders_of_tests(early_config))]
    try:
        return (yield)
    finally:
        options.file_or_dir = given


def _begin(config: pytest.Config) -> None:
    from cartsnitch_pytest.promises import declared, reads  # noqa: PLC0415 - the run checks contracts, so they are wanted

    declared.read(config)
    reads.begin(config)
