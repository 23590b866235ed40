"""The documents: written from the schemas."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts import DocumentError
from cartsnitch_contracts.export import export as write_documents
from cartsnitch_contracts.export import outdated
from cartsnitch_contracts.library import events_folder


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
            say(f"{name}/next.json does not say what the schemas say")
        if stale:
            say("Run 'cartsnitch contracts export' and commit what it writes.")
            raise typer.Exit(1)
        say("Every next.json says what the schemas say.")
        return
    try:
        written = write_documents(folder)
    except OSError as error:
        raise DocumentError(
            f"{folder} cannot be written: {error.strerror or error}. Name a folder that can: --to FOLDER."
        ) from None
    for file in written:
        say(f"wrote {file}")
    say(f"{len(written)} of the documents were new.")
