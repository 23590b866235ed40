"""All tables of the benchmark."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from statistics import median, quantiles

from benchmarks.contracts.judged import PAYLOADS, SECONDS, Score, judge
from benchmarks.contracts.starting import starting
from benchmarks.contracts.wide import wide
from benchmarks.isolation.report import Grid
from schemas.differences import KINDS, UNEXPLAINED
from schemas.pairs import GENERAL, Pair, pairs

PAIRS = int(os.environ.get("CARTSNITCH_BENCH_PAIRS", "10000"))
HEADS = (
    "right",
    "wrong: sent and refused",
    "wrong: included",
    "unproven",
    "median, ms",
    "p99, ms",
    "in all, s",
)


def tables() -> Iterator[Grid]:
    """Verdicts and times on pairs of each kind, then on two wide schemas."""
    half = PAIRS // 2
    differences: Counter[str] = Counter()
    for title, gate, chosen in (
        ("schemas that Pydantic emits", 0.001, pairs("pydantic", half)),
        ("JSON Schema 2020-12 in general", 0.01, islice(_mixed(half), half)),
    ):
        yield _noted(_quality(title, gate, judge(chosen, differences), half))
    yield _kinds(differences)
    yield _noted(wide())
    yield _noted(starting())


def _mixed(count: int) -> Iterator[Pair]:
    """Pairs of the general families in turns."""
    for row in zip_longest(*(pairs(family, 1 + count // len(GENERAL)) for family in GENERAL)):
        yield from filter(None, row)


def _kinds(differences: Counter[str]) -> Grid:
    grid = Grid("Why jsoncompat and ours differ on those pairs", ("", "pairs"))
    grid.rows += [[kind, f"{differences[kind]}"] for kind in (*KINDS, UNEXPLAINED)]
    return grid


def _quality(title: str, gate: float, scores: dict[str, Score], count: int) -> Grid:
    grid = Grid(f"{count:,} pairs of {title}", ("", *HEADS))
    grid.rows += [[name, *_cells(score, count)] for name, score in scores.items()]
    ours = scores["ours"]
    wrong = ours.compatible_but_broken + ours.breaking_but_included
    met = "met" if not wrong and ours.unproven <= gate * count else "MISSED"
    grid.note = (
        f"Wrong are an inclusion that one of {PAYLOADS} payloads or another's witness refutes, and a break "
        f"of a pair for which no payload is known. A peer has {SECONDS:g} s for a pair.\n\n"
        f"Target: ours never wrong, and unproven at most {gate:.1%}: {met}."
    )
    for name, score in scores.items():
        if score.reasons:
            reasons = "; ".join(f"{reason} ({times})" for reason, times in _grouped(score))
            grid.note += f"\n\n*{name}*, unproven: {reasons}."
    return grid


def _cells(score: Score, count: int) -> Sequence[str]:
    return [
        f"{score.right / count:.2%}",
        f"{score.compatible_but_broken}",
        f"{score.breaking_but_included}",
        f"{score.unproven / count:.2%}",
        f"{median(score.seconds) * 1e3:.2f}",
        f"{quantiles(score.seconds, n=100)[-1] * 1e3:.1f}",
        f"{sum(score.seconds):.1f}",
    ]


def _grouped(score: Score) -> list[tuple[str, int]]:
    """The commonest reasons; what follows a colon or a number differs from pair to pair."""
    grouped: dict[str, int] = {}
    for reason, times in score.reasons.items():
        head = reason.split(":")[0].split("#")[0].strip().replace("|", "/")
        grouped[head] = grouped.get(head, 0) + times
    return sorted(grouped.items(), key=lambda item: -item[1])[:6]


def _noted(grid: Grid) -> Grid:
    grid.note += f"\n\nIn the last minute {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors were busy."
    return grid
