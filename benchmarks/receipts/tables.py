"""The tables of the benchmark, from ways that take turns in one process."""

import os
import platform
from collections.abc import Iterator
from statistics import median

from benchmarks.isolation.report import Grid
from benchmarks.measure import loops_of, sample
from benchmarks.receipts.loading import loading_tables
from benchmarks.receipts.ways import (
    CONSTRUCTORS,
    LINES,
    PLAIN_DATA,
    POLYFACTORY,
    POLYFACTORY_COLUMNS,
    WARM_UP,
    ways,
)

ROUNDS = 9
TARGETS = {CONSTRUCTORS: 1.0, POLYFACTORY: 40.0, POLYFACTORY_COLUMNS: 40.0}
"""How many times its rate that of our plain data is at least."""
HEADS = ("", "receipts a second", "plain data, times this", "target", "")


def tables() -> Iterator[Grid]:
    """A row for each way, beside how much quicker plain data is in the same rounds; then what `load` does."""
    chosen = ways()
    loops = {label: loops_of(way) for label, way in chosen.items()}
    seconds: dict[str, list[float]] = {label: [] for label in chosen}
    for number in range(ROUNDS):
        for label in chosen if number % 2 else reversed(chosen):
            seconds[label].append(sample(chosen[label], loops[label]))
    grid = Grid(f"Receipts of {LINES} lines, on one processor", HEADS)
    for label, times in seconds.items():
        ratio = median(a / b for a, b in zip(times, seconds[PLAIN_DATA], strict=True))
        grid.rows.append(
            [
                label,
                _rate(1 / median(times)),
                f"{ratio:,.{2 if ratio < 100 else 0}f}",
                *_verdict(label, ratio),
            ]
        )
    grid.note = (
        f"Medians of {ROUNDS} rounds in which all took turns, in one process, the first {WARM_UP:,} receipts "
        f"of ours left out. Python {platform.python_version()}.\n\n"
        f"In the last minute {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors were busy."
    )
    yield grid
    yield from loading_tables()


def _rate(per_second: float) -> str:
    return f"{per_second:,.{0 if per_second >= 10 else 2}f}"


def _verdict(label: str, ratio: float) -> list[str]:
    least = TARGETS.get(label)
    return ["", ""] if least is None else [f">= {least:g}", "met" if ratio >= least else "MISSED"]
