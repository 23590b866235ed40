"""Whether all tests of the service run: only then what none of them did is known to be undone."""

from collections.abc import Sequence
from typing import Final

import pytest

CHOOSING: Final = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
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
    for name, option in CHOOSING.items():
        value = getattr(config.option, name, None)
        if value and _is_given(option, config.invocation_params.args):
            return f"{option} chose some tests"
    return ""


def leaves_out_always(config: pytest.Config) -> bool:
    """Whether the project's own `addopts` leave tests out, so that deselected ones mean nothing."""
    return any(getattr(config.option, name, None) for name in CHOOSING) and not why_partial(config)


def _is_given(option: str, arguments: Sequence[object]) -> bool:
    """Whether the command line itself has the option, in whichever spelling."""
    spellings = {"--lf": ("--lf", "--last-failed"), "--stepwise": ("--stepwise", "--sw")}.get(
        option, (option,)
    )
    return any(str(argument).startswith(spelling) for argument in arguments for spelling in spellings)
