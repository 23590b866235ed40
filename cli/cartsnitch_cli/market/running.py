"""A simulation under a progress bar."""

from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cartsnitch_fixtures.market.export.files import Layout
from cartsnitch_fixtures.market.export.folder import PAGE
from cartsnitch_fixtures.market.export.run import Progress as Reached
from cartsnitch_fixtures.market.export.run import simulate, simulate_into_database
from cartsnitch_fixtures.market.settings import Settings

_INTERRUPTED: Final = 130
"""As shells have it: 128 and the number of SIGINT."""


def run(settings: Settings, out: Path, layout: str, *, events: bool, database_url: str | None) -> None:
    """Simulate, and say where things are, or after Ctrl-C how to go on.

    Raises:
        ConfigurationError: as `simulate` and `simulate_into_database` do.
    """
    console, err = (Console(highlight=False, soft_wrap=True, stderr=stderr) for stderr in (False, True))
    bar = _Bar(settings.weeks, err)
    try:
        with bar.progress:
            if database_url is None:
                wrote = simulate(settings, out, Layout(layout), events=events, on_progress=bar.show)
            else:
                wrote = simulate_into_database(settings, out, database_url, on_progress=bar.show)
    except KeyboardInterrupt:
        err.print("Interrupted. The same command goes on where it was.")
        raise typer.Exit(_INTERRUPTED) from None
    if not wrote:
        console.print(f"{out} is complete, and nothing was left to do. Look at: {out / PAGE}", markup=False)
        return
    where = "are in the database" if database_url else f"are in {out}"
    console.print(f"{bar.receipts:,} receipts {where}. Look at: {out / PAGE}", markup=False)


class _Bar:
    """Weeks and receipts; it shows when the first step is done."""

    def __init__(self, weeks: int, console: Console) -> None:
        self.receipts = 0
        self._weeks = weeks
        self.progress = Progress(
            TextColumn("Week {task.fields[week]} of {task.fields[weeks]}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[receipts]:,} receipts"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self.progress.add_task(
            "", total=7 * weeks, week=1, weeks=weeks, receipts=0, visible=False
        )

    def show(self, now: Reached) -> None:
        """How far the simulation has come."""
        self.receipts = now.receipts
        week = min(now.days // 7 + 1, self._weeks)
        self.progress.update(self._task, completed=now.days, week=week, receipts=now.receipts, visible=True)
