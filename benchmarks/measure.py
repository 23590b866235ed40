"""Comparing two ways to do one thing, so that the machine's noise hits both alike."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

SAMPLE = 0.02
"""Seconds that one sample takes: long enough for the clock, short enough to interleave many."""
ROUNDS = 25


@dataclass(frozen=True)
class Row:
    """What ours and the bare way take, in seconds for one call, and the ratio within the same rounds."""

    label: str
    ours: float
    bare: float
    ratio: float
    most: float | None = None

    def __str__(self) -> str:
        line = f"{self.label:<52}{_time(self.ours):>11}{_time(self.bare):>11}{self.ratio:>8.2f}"
        if self.most is None:
            return line
        return f"{line}  <= {self.most:.2f}  {'met' if self.ratio <= self.most else 'MISSED'}"


@dataclass
class Table:
    """Rows under a title; a ratio is time of ours by time of the bare way, so less is better."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def __str__(self) -> str:
        head = f"{self.title:<52}{'ours':>11}{'bare':>11}{'ratio':>8}  target"
        return "\n".join((head, "-" * len(head), *map(str, self.rows)))


def compare(
    label: str,
    ours: Callable[[], object],
    bare: Callable[[], object],
    *,
    most: float | None = None,
    rounds: int = ROUNDS,
    per_call: int = 1,
) -> Row:
    """Time both, interleaved and in changing order; the ratio is the median of the rounds' ratios.

    `per_call` is how many things one call does: times are for one of them.
    """
    loops = loops_of(bare)
    ours_times, bare_times = [], []
    for number in range(rounds):
        pair = [(ours, ours_times), (bare, bare_times)]
        for function, times in pair if number % 2 else reversed(pair):
            times.append(sample(function, loops) / per_call)
    ratio = median(a / b for a, b in zip(ours_times, bare_times, strict=True))
    return Row(label, median(ours_times), median(bare_times), ratio, most)


def loops_of(function: Callable[[], object]) -> int:
    """How many calls fill a sample."""
    sample(function, 1)
    loops = 1
    while (took := sample(function, loops) * loops) < SAMPLE / 4:
        loops *= 2
    return max(1, round(loops * SAMPLE / took))


def sample(function: Callable[[], object], loops: int) -> float:
    """Seconds of one call, over so many, without the collector of garbage."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(loops):
            function()
        return (time.perf_counter() - start) / loops
    finally:
        gc.enable()


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} us" if seconds < 0.001 else f"{seconds * 1e3:.1f} ms"
