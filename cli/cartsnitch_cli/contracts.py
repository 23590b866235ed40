"""`cartsnitch contracts`: the frozen documents, events checked against them, and two versions compared."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

from cartsnitch_common.errors import ConfigurationError

try:
    from cartsnitch_contracts import (
        DocumentError,
        check_event,
        compare_documents,
        read_document,
        render,
    )
    from cartsnitch_contracts.export import export as write_documents
    from cartsnitch_contracts.export import outdated
    from cartsnitch_contracts.inclusion import Verdict
    from cartsnitch_contracts.library import events_folder
except ModuleNotFoundError as error:  # told when a command is called, so that --help works without it
    _missing: str | None = error.name
else:
    _missing = None

app = typer.Typer(no_args_is_help=True, add_completion=False)
out = Console(highlight=False, soft_wrap=True)

COLOURS: Final = {
    "BREAKS": "bold red",
    "UNPROVEN": "bold yellow",
    "SAFE": "bold green",
    "-": "red",
    "+": "green",
}
"""A report line's style, by its first word; the text says the same without it."""
MOST_PROBLEMS: Final = 100
"""After so many lines of problems, `validate` only counts."""


class Side(StrEnum):
    """The two sides of a contract."""

    WRITER = "writer"
    READER = "reader"


@app.callback()
def _contracts() -> None:
    """What the services promise each other."""
    if _missing:
        raise ConfigurationError(
            f"'cartsnitch contracts' needs {_missing}, which is not installed. "
            'Install it: pip install "cartsnitch-common[testing]".'
        )


@app.command()
def export(
    to: Annotated[
        Path | None, typer.Option(help="The folder of event documents.  [default: the package's]")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file is stale.")] = False,
) -> None:
    """Write each channel's next.json from the schemas and the examples beside it."""
    folder = to or Path(str(events_folder()))
    if check:
        stale = outdated(folder)
        for name in stale:
            _say(f"{name}/next.json does not say what the schemas say")
        if stale:
            _say("Run 'cartsnitch contracts export' and commit what it writes.")
            raise typer.Exit(1)
        _say("Every next.json says what the schemas say.")
        return
    try:
        written = write_documents(folder)
    except OSError as error:
        raise DocumentError(
            f"{folder} cannot be written: {error.strerror or error}. Name a folder that can: --to FOLDER."
        ) from None
    for file in written:
        _say(f"wrote {file}")
    _say(f"{len(written)} of the documents were new.")


@app.command()
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
                    _say(f"{name}:{number}  {problem}")
    if lines > MOST_PROBLEMS:
        _say(f"... and {lines - MOST_PROBLEMS} more problems")
    if not events:
        raise DocumentError(
            f"There is no event in {', '.join(files)}. Give files with one event's JSON a line."
        )
    _say(f"{events} event{'' if events == 1 else 's'}: {events - misfits} fit, {misfits} do not.")
    raise typer.Exit(1 if misfits else 0)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.json", help="A channel's document.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help="The same channel's, changed.")],
) -> None:
    """Tell what changed between two documents, and whom it breaks: exit 0 if nobody, else 1."""
    before, after = read_document(old), read_document(new)
    findings = compare_documents(before, after)
    heading = f"{before.name}: {before.version} -> {after.version}"
    for line in render(findings, heading=heading).splitlines():
        words = line.split(maxsplit=1)
        text = Text(line)
        if words and words[0] in COLOURS:
            start = line.index(words[0])
            end = start + len(words[0]) if words[0].isalpha() else len(line)
            text.stylize(COLOURS[words[0]], start, end)
        out.print(text)
    raise typer.Exit(0 if all(finding.verdict is Verdict.COMPATIBLE for finding in findings) else 1)


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


def _say(text: str) -> None:
    out.print(Text(text))
