"""`cartsnitch contracts check --prove` on a scratch clone, with a change that is not committed."""

import subprocess
import sys
from pathlib import Path

import pytest

from release_changes import CHANGES

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.proof


@pytest.fixture
def clone(tmp_path):
    """A scratch clone of this checkout's HEAD."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    return folder


def check(clone, *options):
    command = Path(sys.executable).with_name("cartsnitch")
    return subprocess.run(
        [command, "contracts", "check", "--prove", "--project", clone, *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_break_is_proved_by_execution(clone, exported):
    """The report says what the old readers really answered."""
    (change,) = [each for each in CHANGES if each.name == "a required field removed"]
    change.apply(clone)
    exported(clone, "changed")

    done = check(clone, "--base", "HEAD")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BREAKS  receipts.ingested  payload.total" in done.stdout
    assert "proved by execution: receipts.ingested: old readers refused the new release: payload.total" in (
        done.stdout
    )
    assert "CONTRADICTION" not in done.stdout


def test_a_base_without_source_cannot_prove_anything(clone, exported, tmp_path):
    """A folder of documents is compared, and not built."""
    (change,) = [each for each in CHANGES if each.name == "a required field removed"]
    documents = clone / "contracts" / "cartsnitch_contracts" / "documents"
    kept = documents.rename(tmp_path / "documents")
    subprocess.run(["git", "-C", clone, "checkout", "--quiet", "--", "."], check=True)
    change.apply(clone)
    exported(clone, "changed")

    done = check(clone, "--base", kept)

    assert done.returncode == 2
    assert "is no git revision, so there is no source to prove anything with" in done.stderr
