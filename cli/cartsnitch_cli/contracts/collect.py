"""What services state of themselves, gathered from checkouts of them."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts.diff.collect import OWN
from cartsnitch_contracts.diff.collect import collect as gather
from cartsnitch_contracts.files import package_folder
from cartsnitch_contracts.topology import title


def collect(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help=f"Checkouts of services, each with {OWN}.")
    ],
    to: Annotated[
        Path | None, typer.Option(help="The folder of consumer documents.  [default: the package's]")
    ] = None,
) -> None:
    """Copy what each service states of itself into the documents: what it pins, reads, sends and calls."""
    folder = to or Path(str(package_folder())) / "consumers"
    collected = gather(paths, folder)
    for service in collected.written:
        say(f"wrote {folder / service}.json")
    for service in collected.unchanged:
        say(f"{title(service)} says what it said")
    for service in collected.left:
        say(f"{title(service)} was in none of the paths: its copy stays as it was")
