"""Two schemas of a thousand properties."""

import time
from statistics import median
from typing import Any

from benchmarks.isolation.report import Grid
from cartsnitch_contracts.inclusion import decide
from schemas.draft4 import draft4
from schemas.peers import Answer, Peer

WIDTH = 1000
ROUNDS = 5
MOST = 0.2
"""Seconds that ours may take."""
PATIENCE = 20.0
KINDS: tuple[dict[str, Any], ...] = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    {"type": "array", "items": {"type": "string", "maxLength": 10}},
    {"enum": ["meijer", "kroger"]},
    {"type": "string", "pattern": r"^[0-9]{1,8}\.[0-9]{2}$"},
)


def wide() -> Grid:
    """A table of what each decider takes for pairs of flat objects."""
    grid = Grid(
        f"Two objects of {WIDTH:,} properties, ms", ("", "verdict", "ours", "jsoncompat", "jsonsubschema", "")
    )
    writer = flat(closed=True)
    changed = {**writer["properties"], "field_500": {"type": "boolean"}}
    for label, reader in (
        ("each one as before", {**flat(), "title": "Other"}),
        ("all optional now", {**flat(), "required": []}),
        ("one of another type", {**flat(), "properties": changed}),
        ("one more is required", {**flat(), "required": [*flat()["required"], "more"]}),
        ("closed to half of them", {**flat(WIDTH // 2), "additionalProperties": False}),
    ):
        grid.rows.append([label, *_row(writer, reader)])
    grid.note = f"Medians of {ROUNDS} for ours, once for the others, which have {PATIENCE:g} s."
    return grid


def flat(width: int = WIDTH, *, closed: bool = False) -> dict[str, Any]:
    """An object of so many properties of the kinds in turns, every second one required."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f"field_{at}": KINDS[at % len(KINDS)] for at in range(width)},
        "required": [f"field_{at}" for at in range(0, width, 2)],
    }
    return {**schema, "additionalProperties": False} if closed else schema


def _row(writer: dict[str, Any], reader: dict[str, Any]) -> list[str]:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        decision = decide(writer, reader)
        times.append(time.perf_counter() - started)
    with Peer("jsoncompat", seconds=PATIENCE) as first, Peer("jsonsubschema", seconds=PATIENCE) as second:
        peers = [first.decide(writer, reader), second.decide(draft4(writer), draft4(reader))]
    met = "met" if median(times) <= MOST else "MISSED"
    cells = [_cell(answer, str(decision.verdict)) for answer in peers]
    return [str(decision.verdict), f"{median(times) * 1e3:.0f}", *cells, f"<= {MOST * 1e3:.0f} {met}"]


def _cell(answer: Answer, verdict: str) -> str:
    if answer.reason and answer.verdict == "unproven":
        return answer.reason[:24]
    return f"{answer.seconds * 1e3:.0f}" + ("" if answer.verdict == verdict else f" ({answer.verdict})")
