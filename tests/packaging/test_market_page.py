"""The page on the market: its examples run as they stand, and what it says of the command is so."""

import re
import subprocess
import sys

from pages import ROOT, blocks_of, count_tests, run_blocks

PAGE = "docs/market.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
COMMAND = [sys.executable, "-c", "from cartsnitch_cli.main import run; run()"]


def test_every_example_of_the_page_runs(tmp_path):
    """Each is a file of its own."""
    blocks = blocks_of(PAGE)

    done = run_blocks(blocks, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count_tests(blocks)} passed" in done.stdout


def test_the_command_of_the_page_writes_the_files_of_its_table(tmp_path):
    """No fewer and no more; it is tried with fewer households and weeks."""
    command = re.search(r"^    cartsnitch (market simulate .*)$", TEXT, re.MULTILINE)[1]
    smaller = re.sub(r"--(households|weeks) \d+", r"--\1 6", command).replace("--out market", "--out .")

    subprocess.run([*COMMAND, *smaller.split()], cwd=tmp_path, capture_output=True, check=True)

    rows = re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+\.\w+)`", row) if "(" not in name}
    assert {path.name for path in tmp_path.iterdir()} == named


def test_every_option_of_the_page_is_one_of_the_command():
    """And help knows it."""
    done = subprocess.run(
        [*COMMAND, "market", "simulate", "--help"],
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200"}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT))
    assert options - {"--out"} <= set(re.findall(r"--[a-z][a-z-]+", done.stdout))
    assert len(options) > 6
