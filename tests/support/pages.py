"""The Python that stands on a page of the documentation, and a run of it."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks_of(page: str) -> list[str]:
    """The Python blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def count_tests(blocks: Sequence[str]) -> int:
    """How many tests they define."""
    return len(re.findall(r"^(?:async )?def test_", "\n".join(blocks), re.MULTILINE))


def run_blocks(blocks: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run each as a test file of its own, by one pytest that knows nothing but the plugin."""
    for number, block in enumerate(blocks):
        (folder / f"test_block_{number}.py").write_text(block, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
