"""Whether all tests of the service run: only then what none of them did is known to be undone."""

from typing import Final

import pytest

from cartsnitch_pytest.promises.declared import DECLARED

CHOOSING: Final = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "stepwise_skip": "--stepwise-skip",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
    "collectonly": "--collect-only",
    "setuponly": "--setup-only",
    "setupplan": "--setup-plan",
}
"""Options that leave tests out, by what pytest calls their values."""


def why_partial(config: pytest.Config) -> str:
    """Why some tests are left out on purpose, like "-k prices chose some tests"; empty where none are.

    What the project's own `addopts` leave out always is not missed.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return "the command line names what to run"
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR and _is_below(config):
        return f"only the tests of the folder {config.invocation_params.dir.name} run"
    # As values, for an option is spelled in many ways, and PYTEST_ADDOPTS has some too.
    always = config._parser.parse_known_args(config.getini("addopts"))
    for name, option in CHOOSING.items():
        value = getattr(config.option, name, None)
        if value and value != getattr(always, name, None):
            return f"{option} chose some tests"
    return ""


def leaves_out_always(config: pytest.Config) -> bool:
    """Whether the project's own `addopts` leave tests out, so that deselected ones mean nothing."""
    return any(getattr(config.option, name, None) for name in CHOOSING) and not why_partial(config)


def _is_below(config: pytest.Config) -> bool:
    """Whether pytest was started in a folder within the service's own."""
    return config.stash[DECLARED].folder in config.invocation_params.dir.parents
