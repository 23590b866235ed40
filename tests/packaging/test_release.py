"""`make release`, made in a scratch clone: what it leaves, what a dry run leaves, and what it refuses."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from cartsnitch_contracts.files import Folder
from cartsnitch_contracts.manifest import read_manifest

ROOT = Path(__file__).parents[2]
DOCUMENTS = "contracts/cartsnitch_contracts/documents"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LATER = "9.8.7"


def git(folder, *arguments):
    """What a git command prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder, message="chore: a change"):
    """All that is in the folder, committed."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


@pytest.fixture
def checkout(tmp_path):
    """A clone of this repository on its branch main, with the release as it is written here now."""
    folder = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", ROOT, folder)
    git(folder, "checkout", "--quiet", "-B", "main")
    for key, value in {"user.name": "Somebody", "user.email": "somebody@example.com"}.items():
        git(folder, "config", key, value)
    for name in ("release.py", "check_dist.py"):
        shutil.copy(ROOT / ".ci" / name, folder / ".ci")
    shutil.copy(ROOT / "Makefile", folder)
    changelog = folder / "CHANGELOG.md"
    entry = "## [Unreleased]\n\n### Added\n\n- Lamps that say when milk is dear.\n\n"
    changelog.write_text(
        changelog.read_text(encoding="utf-8").replace("## [", f"{entry}## [", 1), encoding="utf-8"
    )
    commit(folder)
    return folder


def release(folder, *arguments):
    """Run the script of the checkout; gives the exit code and all that it said."""
    done = subprocess.run(
        [sys.executable, ".ci/release.py", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def state(folder):
    """What a release would change: the commit, the tags, and every file."""
    files = {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    return git(folder, "rev-parse", "HEAD"), git(folder, "tag"), files


def test_a_dry_run_does_everything_and_leaves_the_checkout_alone(checkout):
    """By the command that people use; only the environment's own target is left out, it is there already."""
    before = state(checkout)

    done = subprocess.run(
        ["make", "--old-file=setup", f"BIN={Path(sys.executable).parent}",
         "release", f"VERSION={LATER}", "DRY_RUN=1"],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"froze asyncapi/{LATER}.json" in done.stdout or "0 of the documents changed" in done.stdout
    assert (
        f"checked cartsnitch_common-{LATER}-py3-none-any.whl and cartsnitch_common-{LATER}.tar.gz"
        in done.stdout
    )
    assert f"documents of {LATER} load" in done.stdout
    assert f"chore: release {LATER}" in done.stdout
    assert f"tagged v{LATER}" in done.stdout
    assert "nothing of this was kept" in done.stdout
    assert state(checkout) == before


def test_a_release_is_a_commit_a_tag_and_two_distributions(checkout):
    """Version, dated changelog and frozen documents are in the commit; a second release needs a reason."""
    before = git(checkout, "rev-parse", "HEAD")

    code, said = release(checkout, LATER, "--date", "2026-03-10")

    assert code == 0, said
    changelog = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    manifest = read_manifest(Folder(checkout / DOCUMENTS))
    wheel = zipfile.ZipFile(checkout / "dist" / f"cartsnitch_common-{LATER}-py3-none-any.whl")
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "log", "-1", "--format=%s %P") == f"chore: release {LATER} {before}"
    assert git(checkout, "rev-parse", f"v{LATER}^{{commit}}") == git(checkout, "rev-parse", "HEAD")
    assert git(checkout, "cat-file", "-t", f"v{LATER}") == "tag"
    assert tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"] == LATER
    assert f"## [Unreleased]\n\n## [{LATER}] - 2026-03-10\n\n### Added\n\n- Lamps" in changelog
    assert manifest.newest == LATER
    assert manifest.problems(Folder(checkout / DOCUMENTS)) == []
    assert f"Version: {LATER}\n" in wheel.read(f"cartsnitch_common-{LATER}.dist-info/METADATA").decode()
    for path in manifest.releases[LATER].files:
        assert (
            wheel.read(f"cartsnitch_contracts/documents/{path}") == (checkout / DOCUMENTS / path).read_bytes()
        )
    assert (checkout / "dist" / f"cartsnitch_common-{LATER}.tar.gz").is_file()
    assert f"{LATER} is not after it" in release(checkout, LATER)[1]
    assert "section of CHANGELOG.md is empty" in release(checkout, "9.9.0")[1]


def dirty(folder):
    """A file that nobody committed."""
    (folder / "notes.txt").write_text("milk")


def elsewhere(folder):
    """On a branch of its own."""
    git(folder, "switch", "--quiet", "--create", "topic")


def released(folder):
    """A later release was made already."""
    git(folder, "tag", "v10.0.0")
    git(folder, "tag", "vnext")


def dated(folder):
    """The changelog begins with a release."""
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [9.0.0] - 2026-01-01\n\n- All.\n")
    commit(folder)


def stale(folder):
    """A document does not say what the schemas say."""
    (folder / DOCUMENTS / "events" / "prices.updated" / "next.json").write_text("{}")
    commit(folder)


@pytest.mark.parametrize(
    ("version", "change", "message"),
    [
        (LATER, dirty, "changes that are not committed: notes.txt. Commit or remove them"),
        (LATER, elsewhere, "The branch is topic"),
        (LATER, released, "10.0.0 is released, and 9.8.7 is not after it"),
        (LATER, dated, "does not begin with an unreleased section"),
        (LATER, stale, "events/prices.updated/next.json: does not say what the schemas say"),
        ("0.0.1", None, f"pyproject.toml says {VERSION}, and 0.0.1 is before that"),
        ("", None, "'' is no version. Write three numbers"),
        ("1.0", None, "'1.0' is no version"),
        ("v1.0.0", None, "'v1.0.0' is no version"),
        ("1.0.0rc1", None, "'1.0.0rc1' is no version"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_release_is_refused_with_its_reason(checkout, version, change, message):
    """And then nothing is left of it."""
    if change:
        change(checkout)
    before = state(checkout)

    code, said = release(checkout, version)

    assert code == 1
    assert said.startswith("No release. ")
    assert message in said
    assert "Traceback" not in said
    assert state(checkout) == before
