"""The page on contract tests of a service: its files are one, and its reports are what pytest prints."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from cartsnitch_common.constants import Service
from cartsnitch_contracts.database.allowances import objections
from cartsnitch_contracts.database.owners import OWNERS
from cartsnitch_contracts.library import database
from cartsnitch_contracts.service.config import load
from cartsnitch_contracts.topology import SERVICES

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


@pytest.mark.services
def test_the_service_of_the_page_keeps_its_promises(service):
    """With the summary that the page shows, but for figures of the run."""
    (shown,) = [text for text in PRINTED if "10 kept" in text]

    printed = service("stickershock/handlers.py").splitlines()

    for line in shown.splitlines()[1:-1]:
        assert line in printed
    assert any(line.startswith("10 kept, 0 broken, 0 untested in ") for line in printed)


@pytest.mark.services
def test_the_mistake_of_the_page_is_reported_as_it_shows(service):
    """Line by line."""
    (shown,) = [text for text in PRINTED if "kept as" in text]

    printed = service("stickershock/handlers.py, with a mistake")

    assert shown in printed


@pytest.mark.services
def test_a_refusal_of_postgres_reads_as_the_page_shows(tmp_path):
    """Line by line, in the failure of the page's test."""
    name = "tests/test_names.py"
    (shown,) = [text for text in PRINTED if text.startswith("permission denied")]
    (tmp_path / "tests").mkdir()
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.cartsnitch]\nservice = "stickershock"\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"]

    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    for line in shown.splitlines():
        assert line in printed


@pytest.mark.services
def test_the_application_of_the_page_keeps_what_it_serves(tmp_path):
    """Without and with rows that nobody shows."""
    (tmp_path / "shrinkray").mkdir()
    (tmp_path / "shrinkray" / "main.py").write_text(FILES["shrinkray/main.py"], encoding="utf-8")
    declared = '[tool.cartsnitch]\nservice = "shrinkray"\napp = "shrinkray.main:app"\n'
    (tmp_path / "pyproject.toml").write_text(declared, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "pyproject.toml::serves"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert re.search(r"^serves +API +GET /alerts +1 +0 +0$", done.stdout, re.MULTILINE), done.stdout


def test_the_exception_of_the_page_is_one(tmp_path):
    """It is read, and nothing is objected to."""
    file = tmp_path / "pyproject.toml"
    file.write_text(FILES["pyproject.toml, with an exception"], encoding="utf-8")

    allow = load(file).database.allow

    assert [entry.table for entry in allow] == ["stores"]
    assert not list(objections(allow, database(), "stickershock", today=date(2026, 6, 1)))


def test_the_owners_of_tables_stand_on_the_page():
    """Each service with all that it owns."""
    rows = re.findall(r"^\| (\w+) +\| (`.*?|no table) +\|$", PAGE, flags=re.MULTILINE)
    owned = {name: set(re.findall(r"`(\w+)`", tables)) for name, tables in rows}

    assert owned == {
        SERVICES[service]: {table for table, owner in OWNERS.items() if owner == service}
        for service in Service
    }


def test_six_lines_of_configuration_are_enough():
    """As the page promises nobody more than that."""
    lines = [line for line in FILES["pyproject.toml"].splitlines() if line.strip()]

    assert len(lines) <= 6
