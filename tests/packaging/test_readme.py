"""The README's Python runs as it stands."""

import re
import subprocess
import sys

import pytest

from pages import ROOT, blocks_of, run_blocks

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = blocks_of("README.md")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.search(r"def (test_\w+)", block)[1])
def test_a_block_of_the_readme_runs(block, tmp_path):
    """Each is a test file of its own, run by a pytest that knows nothing but the plugin."""
    done = run_blocks([block], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_receipt_shown_is_what_the_command_prints():
    """The first text after the command, to the letter."""
    command, shown = re.search(
        r"^cartsnitch (receipts generate .*?) +#.*?^```text\n(.*?)^```", README, re.DOTALL | re.MULTILINE
    ).groups()

    done = subprocess.run(
        [sys.executable, "-c", "from cartsnitch_cli.main import run; run()", *command.split()],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == shown


def test_every_fixture_of_the_plugin_stands_in_the_table(pytestconfig):
    """And every name in the table is a fixture."""
    rows = re.findall(
        r"^\| (`[^|]+) \|", README.partition("## Fixtures")[2].partition("## In")[0], re.MULTILINE
    )
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    modules = [sys.modules[f"cartsnitch_pytest.{name}"] for name in ("postgres", "redis", "data")]
    fixtures = {name for module in modules for name in vars(module) if _is_public_fixture(vars(module)[name])}

    factories = {name for name in fixtures if name.endswith("_factory")} - {"receipt_factory"}
    assert named - factories == fixtures - factories
    assert len(factories) == 10


def _is_public_fixture(value):
    return type(value).__name__ == "FixtureFunctionDefinition" and not value.name.startswith("_")
