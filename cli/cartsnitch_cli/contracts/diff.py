"""Two files compared: schemas, events, OpenAPI, AsyncAPI or databases."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.delivery import Layout, Output, deliver
from cartsnitch_cli.contracts.pairs import compare_files
from cartsnitch_contracts.reports import Format


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.json", help="As it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help="The same, changed.")],
    layout: Layout = Format.TEXT,
    output: Output = None,
) -> None:
    """Say what changed between two files of one sort, and whom it breaks.

    A file is a JSON Schema, an OpenAPI or AsyncAPI document, or a document of events or of the database as
    'cartsnitch contracts export' writes them. Exit code 0 when nothing breaks, 1 when something does, 2 when
    the files cannot be compared.
    """
    deliver(compare_files(old, new), layout, output)
