"""Tables as Markdown, which reads well in a terminal too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.isolation.runs import Test


@dataclass
class Grid:
    """A table under a title, with a note below."""

    title: str
    heads: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def __str__(self) -> str:
        table = [self.heads, *self.rows]
        widths = [max(len(row[at]) for row in table if len(row) > at) for at in range(len(self.heads))]
        lines = [_line(row, widths) for row in table]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join((f"### {self.title}", "", *lines, *(("", self.note.strip()) if self.note else ())))


def phases(label: str, tests: Sequence[Test]) -> list[str]:
    """A row: medians of the three phases and of the whole, and the 95th percentiles that matter."""
    around, whole = [test.around for test in tests], [test.whole for test in tests]
    medians = [
        median(test.setup for test in tests),
        median(test.call for test in tests),
        median(test.teardown for test in tests),
        median(around),
        p95(around),
        median(whole),
        p95(whole),
    ]
    return [label, *map(milliseconds, medians)]


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def target(label: str, ours: float, bare: float, ratio: float, most: float) -> list[str]:
    """A row of a comparison; less is better."""
    met = "met" if ratio <= most else "MISSED"
    return [label, milliseconds(ours), milliseconds(bare), f"{ratio:.3f}", f"<= {most:g}", met]


def limit(label: str, ours: float, most: float) -> list[str]:
    """A row for a time that has a limit of its own, in seconds."""
    met = "met" if ours <= most else "MISSED"
    return [label, milliseconds(ours), "", "", f"<= {milliseconds(most)}", met]


def milliseconds(seconds: float) -> str:
    """With the digits that mean something."""
    return (
        f"{seconds * 1e3:.2f}"
        if seconds < 0.01
        else f"{seconds * 1e3:.0f}"
        if seconds > 0.1
        else f"{seconds * 1e3:.1f}"
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    ]
    return "| " + " | ".join(cells) + " |"
