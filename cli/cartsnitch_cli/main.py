"""The `cartsnitch` command. Each sub-command is a module of its own, loaded when it is called."""

import sys
from importlib import import_module
from typing import Any, Final

try:
    import typer
    from rich.console import Console
    from rich.text import Text
    from typer.core import TyperGroup
    from typer.main import get_command
except ModuleNotFoundError as error:
    raise SystemExit(
        f"The cartsnitch command needs {error.name}, which is not installed. "
        'Install it: pip install "cartsnitch-common[cli]".'
    ) from None

from cartsnitch_common.errors import CartsnitchError

MODULES: Final = {
    "db": "cartsnitch_cli.db",
    "contracts": "cartsnitch_cli.contracts",
    "servers": "cartsnitch_cli.servers",
    "receipts": "cartsnitch_cli.receipts.command",
    "market": "cartsnitch_cli.market.command",
    "demo": "cartsnitch_cli.demo.command",
}
"""Sub-commands, in the order that help lists them, and the module whose `app` each one is."""


class SubCommands(TyperGroup):
    """Finds a sub-command in its module, so that calling one does not load the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, as help lists them."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        if cmd_name not in MODULES:
            return None
        command = get_command(import_module(MODULES[cmd_name]).app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=SubCommands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _cartsnitch() -> None:
    """The tools of cartsnitch-common."""


def run() -> None:
    """The entry point: an error raised on purpose becomes a message on stderr and exit code 2."""
    try:
        app()
    except CartsnitchError as error:
        Console(stderr=True, soft_wrap=True).print(Text(str(error)))
        sys.exit(2)
