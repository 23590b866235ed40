"""What a branch changes in the contracts, and whom it breaks."""

from pathlib import Path
from typing import Annotated

import typer

from cartsnitch_cli.contracts.delivery import Layout, Output, deliver
from cartsnitch_contracts.diff.base import DOCUMENTS, find_base, working_tree
from cartsnitch_contracts.diff.check import check as check_contracts
from cartsnitch_contracts.diff.git import Repository
from cartsnitch_contracts.diff.report import Waiver
from cartsnitch_contracts.diff.waivers import FILE, load_waivers
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.manifest import read_manifest
from cartsnitch_contracts.reports import Format


def check(
    *,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REF|VERSION|DIR",
            help="What to compare with.  [default: the merge base with the main branch]",
        ),
    ] = None,
    layout: Layout = Format.TEXT,
    output: Output = None,
    waivers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"Accepted findings.  [default: {FILE}, if it is there]"),
    ] = None,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Build and install both, and let them really exchange what changed."),
    ] = False,
    project: Annotated[Path, typer.Option(metavar="DIR", help="The checkout.")] = Path(),
) -> None:
    """Say what a branch changes in events, REST and the database, whom it breaks, and what to do.

    Exit code 0 when it may go in, 1 when not, 2 when that could not be found out.
    """
    root = Repository.at(project).root
    if not (root / DOCUMENTS).is_dir():
        raise DocumentError(
            f"{root} is no checkout of cartsnitch-common: it has no {DOCUMENTS}. Name one: --project DIR. "
            "In a service, 'cartsnitch contracts upgrade-report' says what raising the pin means."
        )
    before, after = find_base(project, base), working_tree(project)
    rewritten = read_manifest(after.files).rewritten(read_manifest(before.files))
    if rewritten:
        raise DocumentError("\n".join(rewritten))
    report = check_contracts(before, after, waivers=_waivers(root, waivers), root=root)
    if prove:
        from cartsnitch_cli.contracts.proving import proved  # noqa: PLC0415 - it loads servers

        report = proved(report, before, after, root)
    deliver(report, layout, output)


def _waivers(root: Path, file: Path | None) -> tuple[Waiver, ...]:
    if file is not None:
        return load_waivers(file)
    return load_waivers(root / FILE) if (root / FILE).is_file() else ()
