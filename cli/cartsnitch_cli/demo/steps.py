"""The phases of a run: shown as progress bars, and timed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

type Advance = Callable[[int], None]
"""Takes how many are done."""


class Steps:
    """One bar a phase; `seconds` has what each took, in order. Use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> "Steps":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, title: str, total: int = 1) -> Iterator[Advance]:
        """A phase of `total` things; it is full when the block ends without an error."""
        task = self._progress.add_task(title, total=total)
        began = time.perf_counter()
        yield lambda done: self._progress.update(task, completed=done)
        self._progress.update(task, completed=total)
        self.seconds[title] = time.perf_counter() - began
