"""Each revision's SQL is safe to run on a database that is in use, as squawk sees it."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from cartsnitch_migrations import config, revisions

ROOT = Path(__file__).parents[2]
SQUAWK = shutil.which("squawk", path=str(Path(sys.executable).parent))


@pytest.fixture
def lint(tmp_path):
    """Lint SQL by the rules in `.squawk.toml`."""

    def run(sql: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "revision.sql"
        path.write_text(sql)
        return subprocess.run(
            [SQUAWK, "--config", ROOT / ".squawk.toml", path], capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.skipif(SQUAWK is None, reason="squawk is not installed: pip install squawk-cli")
@pytest.mark.parametrize("number", range(len(revisions())))
def test_each_revision_passes_the_linter(lint, number):
    """The SQL of each revision has none of the faults that `.squawk.toml` does not excuse."""
    before, after = ["base", *revisions()][number : number + 2]
    settings = config("postgresql://")
    settings.output_buffer = io.StringIO()
    command.upgrade(settings, f"{before}:{after}", sql=True)

    result = lint(settings.output_buffer.getvalue())

    assert "CREATE TABLE" in settings.output_buffer.getvalue()
    assert result.returncode == 0, result.stdout


@pytest.mark.skipif(SQUAWK is None, reason="squawk is not installed: pip install squawk-cli")
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE stores ALTER name TYPE text;", "changing-column-type"),
        ("CREATE INDEX byname ON stores (name);", "require-concurrent-index-creation"),
        ("ALTER TABLE stores ADD CONSTRAINT c CHECK (name <> '');", "constraint-missing-not-valid"),
    ],
)
def test_the_linter_refuses_what_blocks_a_busy_database(lint, sql, rule):
    """What takes long locks on a table in use is still found."""
    result = lint(f"SET lock_timeout = '5s'; SET statement_timeout = '5s';\n{sql}")

    assert result.returncode != 0
    assert rule in result.stdout
