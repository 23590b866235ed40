"""What raising the pin of this package means for a service."""

import dataclasses
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.delivery import Layout, Output, deliver
from cartsnitch_cli.contracts.files import read_text
from cartsnitch_contracts.diff.check import check
from cartsnitch_contracts.diff.collect import OWN, own_copy
from cartsnitch_contracts.diff.consumers import Consumer, consumers, loads
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Folder, package_files
from cartsnitch_contracts.manifest import NEXT, read_manifest
from cartsnitch_contracts.reports import Format
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.touching import touches


def upgrade_report(  # noqa: PLR0917 - the first two are arguments, the rest options
    old: Annotated[
        str | None, typer.Argument(metavar="[FROM]", help=f"The release pinned now.  [default: of {OWN}]")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[TO]", help="The release to pin.  [default: the newest]")
    ] = None,
    service: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"The service.  [default: of {OWN}, else all]")
    ] = None,
    layout: Layout = Format.TEXT,
    output: Output = None,
    documents: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of documents.  [default: the package's]")
    ] = None,
) -> None:
    """Say what raising the pin of cartsnitch-common from one release to another means for a service.

    Only what touches the service is told. Exit code 0 when nothing breaks, 1 when something does.
    """
    file = own_copy(Path())
    own = loads(read_text(file, "a service's statement"), source=str(file)) if file else None
    files = Folder(documents) if documents else package_files()
    releases = tuple(read_manifest(files).releases)
    pinned = old or (own.pins if own else None)
    if pinned is None:
        raise DocumentError(f'No release to come from: name it, or state it as "pins" in {OWN}.')
    before, after = (_snapshot(files, each, releases) for each in (pinned, new or (releases or (NEXT,))[-1]))
    known = consumers(after.consumers)
    if own is not None:
        known[own.service] = own
    name = service or (own.service if own else None)
    report = check(before, after, services=known)
    findings = [each for each in report.findings if name is None or touches(each, _known(known, name))]
    notes = list(known[name].notes) if name and findings else []
    deliver(dataclasses.replace(report, findings=findings, version=None, notes=notes), layout, output)


def _snapshot(files: Folder, version: str, releases: tuple[str, ...]) -> Snapshot:
    if version != NEXT and version not in releases:
        raise DocumentError(
            f"There is no release {version!r}. There are: {', '.join((*releases, NEXT))}. "
            "Install the cartsnitch-common that has it."
        )
    return Snapshot(version if version == NEXT else f"v{version}", files, at=version)


def _known(services: Mapping[str, Consumer], name: str) -> Consumer:
    if name not in services:
        near = difflib.get_close_matches(name.lower(), services, n=1, cutoff=0.4)
        hint = f"Is it {near[0]}? " if near else ""
        raise DocumentError(f"There is no service {name!r}. {hint}There are: {', '.join(services)}.")
    return services[name]
