"""`cartsnitch demo`: one command that shows the whole platform at work, on servers of its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cartsnitch_common.errors import ConfigurationError

app = typer.Typer(add_completion=False)
out_console = Console(highlight=False)


@app.command()
def demo(
    receipts: Annotated[
        Path | None, typer.Option(help="Ingest your own files: every *.json below this folder.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where generated receipts and report.html go.")] = Path("out"),
    count: Annotated[int, typer.Option(help="How many receipts to generate.", min=1)] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same receipts.")] = 0,
) -> None:
    """Generate receipts, ingest them, find price increases, and check every event against its contract.

    Exit code 0 when all went well, 1 when something was missed or broken, 2 when it could not run.
    """
    try:
        from cartsnitch_cli.demo.report import write_report  # noqa: PLC0415 - `cartsnitch --help` stays quick
        from cartsnitch_cli.demo.run import run_demo  # noqa: PLC0415
        from cartsnitch_cli.demo.steps import Steps  # noqa: PLC0415
        from cartsnitch_cli.demo.summary import print_summary  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"'cartsnitch demo' needs {error.name}, which is not installed. "
            'Install it: pip install "cartsnitch-common[testing]".'
        ) from None
    with Steps(out_console) as steps:
        outcome = run_demo(steps, receipts=receipts, out=out, count=count, seed=seed)
    report = write_report(outcome, out / "report.html", made_at=datetime.now(UTC))
    print_summary(out_console, outcome, report)
    if outcome.failures:
        raise typer.Exit(1)
