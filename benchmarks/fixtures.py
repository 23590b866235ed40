"""What each fixture of the plugin costs a test that does nothing else; its scope and type as declared.

`python -m benchmarks fixtures --write` puts the table into `docs/fixtures.md`.
"""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.isolation.report import Grid, milliseconds

PAGE = Path(__file__).parents[1] / "docs" / "fixtures.md"
MODULES = ("postgres", "redis", "data", "market", "stubs")
TESTS = 60
WARM_UP = 10
RECORDER = Path(__file__).parent / "isolation" / "recorder.py"
TEST = "import pytest\n\n@pytest.mark.parametrize('turn', range({tests}))\ndef test_it({fixture}turn): pass\n"


def public_fixtures() -> dict[str, Any]:
    """The fixtures that a test may name, in the order of the code."""
    modules = [import_module(f"cartsnitch_pytest.{name}") for name in MODULES]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if type(value).__name__ == "FixtureFunctionDefinition" and not name.startswith("_")
    }


def scope_and_type(fixture: Any) -> tuple[str, str]:
    """As declared: "function" and "Session", for one."""
    annotation = fixture._fixture_function.__annotations__["return"]
    given = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    inner = re.fullmatch(r"(?:collections\.abc\.)?Iterator\[(.*)\]", given)
    return fixture._fixture_function_marker.scope, inner[1] if inner else given


def tables() -> Iterator[Grid]:
    """A row for each fixture."""
    bare_first, bare = _measure("")
    grid = Grid(
        "Each fixture",
        ("fixture", "scope", "type", "first test's set-up", "each test after it"),
        note=(
            "Milliseconds: set-up and tear-down of a test that does nothing, less those of one without a "
            f"fixture ({milliseconds(bare)}), on the default backends with warm caches; medians of "
            f"{TESTS - WARM_UP} tests."
        ),
    )
    for name, fixture in public_fixtures().items():
        first, later = _measure(f"{name}, ")
        scope, given = scope_and_type(fixture)
        cost = milliseconds(max(first - bare_first, 0)), milliseconds(max(later - bare, 0))
        grid.rows.append((f"`{name}`", scope, f"`{given}`", *cost))
    yield grid


def _measure(fixture: str) -> tuple[float, float]:
    """Set-up of the first test, and set-up and tear-down of those after the first few, in seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(RECORDER, folder)
        (folder / "test_it.py").write_text(TEST.format(tests=TESTS, fixture=fixture))
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "recorder", "-p", "no:cacheprovider", "test_it.py"],
            cwd=folder, env=os.environ | {"PYTHONPATH": name, "RECORD": f"{name}/record.json"},
            capture_output=True, check=True,
        )  # fmt: skip
        reports = json.loads((folder / "record.json").read_text())["reports"]
    setups = [report["seconds"] for report in reports if report["phase"] == "setup"]
    teardowns = [report["seconds"] for report in reports if report["phase"] == "teardown"]
    around = [setup + teardown for setup, teardown in zip(setups, teardowns, strict=True)]
    return setups[0], median(around[WARM_UP:-1])
