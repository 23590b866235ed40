"""What is declared, found in code, tested, and out of order in a service."""

from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts.service.config import load
from cartsnitch_contracts.service.doctor import examine
from cartsnitch_contracts.topology import title

WIDTH = 11


def doctor(
    folder: Annotated[Path, typer.Argument(help="The service's repository.")] = Path(),
) -> None:
    """Say what a service declares, does and tests, and what is out of order; exit code 1 where anything is.

    Its source is read, its app imported in a process of its own, and no test is run.
    """
    config = load(folder / "pyproject.toml")
    say(f"{title(config.service)}, as {config.path} declares it")
    wrong = 0
    for topic, lines in groupby(examine(config, datetime.now(UTC).date()), lambda line: line.topic):
        for number, line in enumerate(lines):
            head = topic if number == 0 else ""
            say(f"{head:<{WIDTH}}{'! ' if line.wrong else '  '}{line.text}")
            wrong += line.wrong
    say("all in order" if not wrong else f"{wrong} to be seen to, marked with !")
    raise typer.Exit(1 if wrong else 0)
