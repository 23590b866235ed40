"""The section on calls of the page on services: its examples run as they stand, and its report is real."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cartsnitch_contracts.service.stubs import WrongCallError, stub

PAGE = (Path(__file__).parents[2] / "docs" / "services.md").read_text(encoding="utf-8")
CALLS = PAGE[PAGE.index("\n## calls\n") : PAGE.index("\n## database\n")]
BLOCKS = re.findall(r"^```python\n(.*?)^```", CALLS, flags=re.DOTALL | re.MULTILINE)


def test_every_example_runs(tmp_path):
    """One after the other in one module, which knows nothing but the plugin."""
    (tmp_path / "test_page.py").write_text("\n".join(BLOCKS), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:schemathesis"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    tests = len(re.findall(r"^def test_", "\n".join(BLOCKS), re.MULTILINE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests} passed" in done.stdout


def test_the_report_of_a_wrong_call_is_real():
    """Word for word what such a call is told."""
    receiptwitness = stub("receiptwitness")
    with httpx.Client(transport=receiptwitness.transport, headers={"X-Service-Key": "k"}) as client:
        client.get("http://receiptwitness/prices", params={"limit": 5000})

    with pytest.raises(WrongCallError) as told:
        receiptwitness.verify()

    assert f"```\n{told.value}\n```" in PAGE
