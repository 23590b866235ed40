"""`cartsnitch contracts check` as a whole process: start, git, documents, comparison, report."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.isolation.report import Grid
from cartsnitch_contracts import rename_field
from scratch import Scratch

ROUNDS = 7
MOST = 1.0
"""Seconds that the command may take, start-up included."""
COMMAND = (sys.executable, "-c", "from cartsnitch_cli.main import run; run()", "contracts", "check")


def starting() -> Grid:
    """A table of what the command takes on the package's own documents."""
    grid = Grid("cartsnitch contracts check, the whole process, s", ("", "exit", "median", "worst", ""))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder) / "checkout")
        scratch.release("0.4.2")
        scratch.branch()
        grid.rows.append(["nothing changed", *_row(scratch.root)])
        scratch.event("receipts.ingested", lambda document: rename_field(document, "payload.total", "sum"))
        scratch.commit("another name")
        grid.rows.append(["a field has another name", *_row(scratch.root)])
    grid.note = f"Of {ROUNDS} runs after one that is not counted."
    return grid


def _row(folder: Path) -> list[str]:
    times, code = [], 0
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        code = subprocess.run(COMMAND, cwd=folder, capture_output=True, check=False).returncode
        times.append(time.perf_counter() - started)
    half = median(times[1:])
    met = "met" if half <= MOST else "MISSED"
    return [str(code), f"{half:.2f}", f"{max(times[1:]):.2f}", f"<= {MOST:g} {met}"]
