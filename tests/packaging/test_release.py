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
WHEEL = f"cartsnitch_common-{LATER}-py3-none-any.whl"
METADATA = f"cartsnitch_common-{LATER}.dist-info/METADATA"

pytestmark = [pytest.mark.xdist_group("release"), pytest.mark.services]


def git(folder, *arguments):
    """What a git command prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder, message="chore: a change"):
    """All that is in the folder, committed."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def clone(tmp_path):
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


@pytest.fixture
def checkout(tmp_path):
    """A checkout of this test's own, ready for a release."""
    return clone(tmp_path)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A checkout in which a release was made, and what that said."""
    folder = clone(tmp_path_factory.mktemp("released"))
    code, said = release(folder, LATER, "--date", "2026-03-10")
    assert code == 0, said
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


def test_a_release_is_a_commit_a_tag_and_two_distributions(released):
    """Version, dated changelog and frozen documents are in the commit, and the documents in the wheel."""
    changelog = (released / "CHANGELOG.md").read_text(encoding="utf-8")
    files = Folder(released / DOCUMENTS)
    manifest = read_manifest(files)
    wheel = zipfile.ZipFile(released / "dist" / WHEEL)

    assert git(released, "status", "--porcelain") == ""
    assert git(released, "log", "-2", "--format=%s").splitlines() == [
        f"chore: release {LATER}",
        "chore: a change",
    ]
    assert git(released, "rev-parse", f"v{LATER}^{{commit}}") == git(released, "rev-parse", "HEAD")
    assert git(released, "cat-file", "-t", f"v{LATER}") == "tag"
    assert tomllib.loads((released / "pyproject.toml").read_text())["project"]["version"] == LATER
    assert f"## [Unreleased]\n\n## [{LATER}] - 2026-03-10\n\n### Added\n\n- Lamps" in changelog
    assert manifest.newest == LATER
    assert manifest.problems(files) == []
    assert f"Version: {LATER}\n" in wheel.read(METADATA).decode()
    for path in manifest.releases[LATER].files:
        assert wheel.read(f"cartsnitch_contracts/documents/{path}") == files.read(path)
    assert (released / "dist" / f"cartsnitch_common-{LATER}.tar.gz").is_file()


def test_a_second_release_needs_a_reason(released):
    """The same version again, or one about which the changelog says nothing."""
    before = state(released)

    again, later = release(released, LATER), release(released, "9.9.0")

    assert again[0] == later[0] == 1
    assert f"{LATER} is released, and {LATER} is not after it" in again[1]
    assert "section of CHANGELOG.md is empty" in later[1]
    assert state(released) == before


def test_a_version_that_is_too_small_for_what_changed_is_refused(released, tmp_path):
    """A list that may be half as long breaks readers in the old and writers in the new release."""
    folder = shutil.copytree(released, tmp_path / "copy")
    schemas = folder / "src" / "cartsnitch_common" / "schemas" / "events.py"
    changelog = folder / "CHANGELOG.md"
    schemas.write_text(schemas.read_text().replace("max_length=1000", "max_length=500"))
    changelog.write_text(
        changelog.read_text().replace("## [Unreleased]\n", "## [Unreleased]\n\n- Short.\n", 1)
    )
    roots = [
        str(folder / root) for root in ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
    ]
    export = "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path;"
    export += "from cartsnitch_contracts import drafts; drafts.write(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", export, folder / DOCUMENTS, *roots], check=True)
    commit(folder)

    code, said = release(folder, "9.9.0")

    assert code == 1
    assert said.startswith(f"No release. What changed since {LATER} needs 10.0.0 at least")
    assert git(folder, "tag") == f"v{LATER}"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (None, lambda text: text + b" ", "was edited"),
        (None, None, "not in both"),
        (
            METADATA,
            lambda text: text.replace(b"Requires-Python: >=3.12", b"Requires-Python: new"),
            "is invalid",
        ),
        (METADATA, lambda text: text.replace(b"Summary:", b"Sumary:"), "unrecognized"),
        (METADATA, lambda text: text.replace(b"text/markdown", b"text/plain"), "not Markdown"),
        (
            METADATA,
            lambda text: text.replace(f"Version: {LATER}".encode(), b"Version: 1.0"),
            "another name or version",
        ),
    ],
    ids=["edited", "missing", "python", "unknown", "type", "version"],
)
def test_a_wheel_that_is_not_as_it_should_be_is_not_published(released, tmp_path, name, change, message):
    """A frozen document that was touched, or metadata that an index would refuse or show wrongly."""
    shutil.copy(released / "dist" / f"cartsnitch_common-{LATER}.tar.gz", tmp_path)
    source = zipfile.ZipFile(released / "dist" / WHEEL)
    frozen = read_manifest(Folder(released / DOCUMENTS)).state(LATER)["events/prices.updated"]
    changed = name or f"cartsnitch_contracts/documents/{frozen}"
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        for item in source.namelist():
            if item != changed:
                wheel.writestr(item, source.read(item))
            elif change:
                wheel.writestr(item, change(source.read(item)))

    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "check_dist.py", tmp_path, LATER],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def dirty(folder):
    """A file that nobody committed."""
    (folder / "notes.txt").write_text("milk")


def elsewhere(folder):
    """On a branch of its own."""
    git(folder, "switch", "--quiet", "--create", "topic")


def overtaken(folder):
    """A later release was made already."""
    git(folder, "tag", "v10.0.0")
    git(folder, "tag", "vnext")


def dated(folder):
    """The changelog begins with a release, and what is unreleased comes later."""
    text = "# Changelog\n\n## [9.0.0] - 2026-01-01\n\n- All.\n\n## [Unreleased]\n\n- More.\n"
    (folder / "CHANGELOG.md").write_text(text)
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
        (LATER, overtaken, "10.0.0 is released, and 9.8.7 is not after it"),
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
