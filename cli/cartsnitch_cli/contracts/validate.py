"""Events checked against their channels' contracts."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts import DocumentError, check_event

MOST_PROBLEMS: Final = 100
"""After so many lines of problems, `validate` only counts."""


class Side(StrEnum):
    """The two sides of a contract."""

    WRITER = "writer"
    READER = "reader"


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Events, one a line; - is stdin.")],
    side: Annotated[
        Side, typer.Option(help="writer: may it be sent? reader: must it be accepted?")
    ] = Side.WRITER,
    version: Annotated[str, typer.Option(help="The version of the documents.")] = "next",
) -> None:
    """Check events against their channels' contracts: exit 0 if all fit, else 1."""
    events = misfits = lines = 0
    for name in files:
        for number, raw in _events(name):
            events += 1
            problems = check_event(raw, version=version, side=side.value)
            misfits += bool(problems)
            for problem in problems:
                lines += 1
                if lines <= MOST_PROBLEMS:
                    say(f"{name}:{number}  {problem}")
    if lines > MOST_PROBLEMS:
        say(f"... and {lines - MOST_PROBLEMS} more problems")
    if not events:
        raise DocumentError(
            f"There is no event in {', '.join(files)}. Give files with one event's JSON a line."
        )
    say(f"{events} event{'' if events == 1 else 's'}: {events - misfits} fit, {misfits} do not.")
    raise typer.Exit(1 if misfits else 0)


def _events(name: str) -> Iterator[tuple[int, bytes]]:
    try:
        stream: Any = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise DocumentError(
            f"{name} cannot be read: {error.strerror or error}. Name a file with one event's JSON a line."
        ) from None
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line
