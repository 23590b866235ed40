"""Two versions of a document compared."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from cartsnitch_cli.contracts.console import out
from cartsnitch_contracts import compare_documents, read_document, render
from cartsnitch_contracts.inclusion import Verdict

COLOURS: Final = {
    "BREAKS": "bold red",
    "UNPROVEN": "bold yellow",
    "SAFE": "bold green",
    "-": "red",
    "+": "green",
}
"""A report line's style, by its first word; the text says the same without it."""


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
