"""The page on contract tests of a service: its files are one, and its reports are what pytest prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "services.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
PRINTED = [text for language, text in BLOCKS if not language]
FILES = dict(text.removeprefix("# ").split("\n", 1) for language, text in BLOCKS if language)


@pytest.fixture
def service(tmp_path):
    """The page's files in an empty folder: `service(name of the handlers)` runs its tests."""

    def run(handlers):
        (tmp_path / "stickershock").mkdir()
        (tmp_path / "pyproject.toml").write_text(FILES["pyproject.toml"], encoding="utf-8")
        source = "# handlers\n" + FILES[handlers]
        (tmp_path / "stickershock" / "handlers.py").write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--cartsnitch-contracts"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout

    return run


def test_the_service_of_the_page_keeps_its_promises(service):
    """With the summary that the page shows, but for figures of the run."""
    (shown,) = [text for text in PRINTED if "7 kept" in text]

    printed = service("stickershock/handlers.py").splitlines()

    for line in shown.splitlines()[1:-1]:
        assert line in printed
    assert any(line.startswith("7 kept, 0 broken, 0 untested in ") for line in printed)


def test_the_mistake_of_the_page_is_reported_as_it_shows(service):
    """Line by line."""
    (shown,) = [text for text in PRINTED if "kept as" in text]

    printed = service("stickershock/handlers.py, with a mistake")

    assert shown in printed


def test_six_lines_of_configuration_are_enough():
    """As the page promises nobody more than that."""
    lines = [line for line in FILES["pyproject.toml"].splitlines() if line.strip()]

    assert len(lines) <= 6
