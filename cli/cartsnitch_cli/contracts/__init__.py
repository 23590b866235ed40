"""`cartsnitch contracts`: what the services promise each other, and what a change of it breaks."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import typer
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_command

from cartsnitch_common.errors import ConfigurationError

COMMANDS: Final = {
    "init": "init:init",
    "doctor": "doctor:doctor",
    "check": "check:check",
    "diff": "diff:diff",
    "matrix": "matrix:matrix",
    "show": "show:show",
    "why": "why:why",
    "explain": "explain:explain",
    "upgrade-report": "upgrade:upgrade_report",
    "validate": "validate:validate",
    "collect": "collect:collect",
    "export": "documents:export",
    "freeze": "documents:freeze",
}
"""Commands, in the order that help lists them: the module here, and its function."""
_ANYTHING: Final = {"ignore_unknown_options": True, "allow_extra_args": True}


class Commands(TyperGroup):
    """Finds a command in its module, so that calling one does not load what the others need."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, as help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        missing = None
        try:
            callback = getattr(import_module(f"{__name__}.{module}"), function)
        except ModuleNotFoundError as error:
            missing = error.name
            callback = _without(missing)
        command = typer.Typer(add_completion=False)
        command.command(name=cmd_name, context_settings=_ANYTHING if missing else None)(callback)
        return _verbatim(get_command(command))


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def _contracts() -> None:
    """What the services promise each other, and what a change of it breaks."""


def _verbatim(command: Any) -> Any:
    """The command with a help that shows what is in brackets: rich takes that for markup else."""
    for each in (command, *command.params):
        each.help = each.help and escape(each.help)
    return command


def _without(module: str | None) -> Callable[[], None]:
    """A command in place of one that cannot be loaded, so that --help works all the same."""

    def missing() -> None:
        raise ConfigurationError(
            f"'cartsnitch contracts' needs {module}, which is not installed. "
            'Install it: pip install "cartsnitch-common[testing]".'
        )

    missing.__doc__ = f"Needs {module}, which is not installed."
    return missing
