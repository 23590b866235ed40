"""The documents: written from the schemas, and frozen by a release."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say
from cartsnitch_contracts.drafts import outdated, write
from cartsnitch_contracts.files import Folder, package_folder
from cartsnitch_contracts.manifest import read_manifest
from cartsnitch_contracts.releases import freeze as freeze_documents
from cartsnitch_contracts.releases import plan

type To = Annotated[Path | None, typer.Option(help="The folder of documents.  [default: the package's]")]


def export(
    to: To = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; exit 1 if a next.json is stale or a frozen file touched."
        ),
    ] = False,
) -> None:
    """Write each next.json from the schemas, the models and the examples beside it."""
    folder = _folder(to)
    if check:
        files = Folder(folder)
        touched = read_manifest(files).problems(files)
        stale = outdated(files)
        for problem in touched:
            say(problem)
        for path in stale:
            say(f"{path} does not say what the schemas say.")
        if stale:
            say("Run 'cartsnitch contracts export' and commit what it writes.")
        if stale or touched:
            raise typer.Exit(1)
        say("Every next.json says what the schemas say, and every frozen file is as its release left it.")
        return
    written = write(folder)
    for file in written:
        say(f"{'wrote' if file.exists() else 'deleted'} {file}")
    say(f"{len(written)} of the documents {'was' if len(written) == 1 else 'were'} new.")


def freeze(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The release, like 0.4.2.")],
    to: To = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be frozen.")] = False,
) -> None:
    """Turn each next.json that changed since the last release into the version's own file, for good."""
    folder = _folder(to)
    frozen = plan(Folder(folder), version) if dry_run else freeze_documents(folder, version)
    for path in frozen.texts:
        say(f"{'would freeze' if dry_run else 'froze'} {path}")
    for subject in frozen.removed:
        say(f"{subject} is no more")
    say(f"{len(frozen.texts)} of the documents changed since the release before.")


def _folder(to: Path | None) -> Path:
    return to or Path(str(package_folder()))
