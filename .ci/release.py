"""A release: version, frozen documents, changelog, build, its checks, commit and tag.

All of it happens in a scratch clone. What comes out is taken over into the checkout at the very end, so that
a release that fails leaves nothing behind, and a dry run is the same without that end.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

ROOTS = ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
DOCUMENTS = "contracts/cartsnitch_contracts/documents"
UNRELEASED = re.compile(r"^## \[(?:Unreleased|\d+\.\d+\.\d+)\](?: - unreleased)?$", re.MULTILINE)
SECTION = re.compile(r"^## \[", re.MULTILINE)
SETTINGS = ("user.name", "user.email", "user.signingKey", "gpg.format", "commit.gpgSign", "tag.gpgSign")
NEEDED = """\
import sys
from cartsnitch_contracts.diff.version import smallest
from cartsnitch_contracts.library import snapshot
print(smallest(snapshot(sys.argv[1]), snapshot()))
"""


class RefusedError(Exception):
    """Why there is no release; the message says what to do."""


def main() -> int:
    """0 when the release was made, or would have been; 1 when it is refused."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__.partition("\n")[0])
    parser.add_argument("version", help="like 0.4.2")
    parser.add_argument("--dry-run", action="store_true", help="leave the checkout as it is")
    parser.add_argument(
        "--date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="of the changelog"
    )
    given = parser.parse_args()
    checkout = Path(__file__).resolve().parents[1]
    try:
        check(checkout, given.version)
        with tempfile.TemporaryDirectory(prefix="cartsnitch-release-") as folder:
            clone, built = Path(folder) / "clone", Path(folder) / "dist"
            make(checkout, clone, built, given.version, given.date)
            if given.dry_run:
                say("Dry run: nothing of this was kept.")
                return 0
            take_over(checkout, clone, built, given.version)
    except RefusedError as refused:
        sys.stderr.write(f"No release. {refused}\n")
        return 1
    say(f"Publish it: git push origin main v{given.version}, and upload the two files in dist/.")
    return 0


def say(text: str) -> None:
    """Tell it at once, so that it stands before what goes wrong after it."""
    sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def check(checkout: Path, version: str) -> None:
    """Refuse a version that is none or too small, and a checkout that is not what a release is made of."""
    numbers(version)
    declared = project(checkout)["version"]
    if numbers(version) < numbers(declared):
        raise RefusedError(
            f"pyproject.toml says {declared}, and {version} is before that. Choose {declared} or later."
        )
    tags = [tag.removeprefix("v") for tag in git(checkout, "tag", "--list", "v*").split()]
    released = [tag for tag in tags if re.fullmatch(r"\d+\.\d+\.\d+", tag)]
    newest = max(released, key=numbers, default="")
    if newest and numbers(version) <= numbers(newest):
        raise RefusedError(f"{newest} is released, and {version} is not after it. Choose a later one.")
    branch = git(checkout, "rev-parse", "--abbrev-ref", "HEAD")
    if branch != "main":
        raise RefusedError(f"The branch is {branch}. A release is made on main: git switch main.")
    dirty = git(checkout, "status", "--porcelain").splitlines()
    if dirty:
        raise RefusedError(
            f"The checkout has changes that are not committed: {', '.join(line[3:] for line in dirty[:5])}"
            f"{' ...' if len(dirty) > 5 else ''}. Commit or remove them."
        )
    if newest:
        needed = python(checkout, "-c", NEEDED, newest).strip()
        if numbers(version) < numbers(needed):
            raise RefusedError(
                f"What changed since {newest} needs {needed} at least; "
                f"'cartsnitch contracts check --base {newest}' tells why. Choose {needed} or later."
            )


def make(checkout: Path, clone: Path, built: Path, version: str, day: date) -> None:
    """The release, in a clone of its own; the two distributions lie in `built`."""
    git(checkout, "clone", "--quiet", "--branch", "main", str(checkout), str(clone))
    for setting in SETTINGS:
        value = git(checkout, "config", "--default", "", "--get", setting)
        if value:
            git(clone, "config", setting, value)
    set_version(clone / "pyproject.toml", version)
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(dated(changelog.read_text(encoding="utf-8"), version, day), encoding="utf-8")
    command = "from cartsnitch_cli.main import run; run()"
    say(python(clone, "-c", command, "contracts", "freeze", version))
    say(python(clone, "-c", command, "contracts", "export", "--check"))
    python(clone, "-m", "build", "--no-isolation", "--outdir", str(built))
    say(python(clone, ".ci/check_dist.py", str(built), version))
    git(clone, "add", "pyproject.toml", "CHANGELOG.md", DOCUMENTS)
    git(clone, "commit", "--quiet", "--message", f"chore: release {version}")
    git(clone, "tag", "--annotate", f"v{version}", "--message", f"cartsnitch-common {version}")
    left = git(clone, "status", "--porcelain")
    if left:
        raise RefusedError(
            f"The build left files behind that git does not ignore:\n{left}\nName them in .gitignore."
        )
    say(git(clone, "show", "--stat", "--format=%s", f"v{version}^{{commit}}"))
    say(f"tagged v{version}")


def take_over(checkout: Path, clone: Path, built: Path, version: str) -> None:
    """Bring the commit, the tag and the two distributions into the checkout."""
    git(checkout, "fetch", "--quiet", "--no-tags", str(clone), "main")
    git(checkout, "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    git(checkout, "fetch", "--quiet", str(clone), "tag", f"v{version}")
    target = checkout / "dist"
    target.mkdir(exist_ok=True)
    for file in sorted(built.iterdir()):
        shutil.copy2(file, target)
        say(f"built dist/{file.name}")


def set_version(file: Path, version: str) -> None:
    """Write the version into a pyproject.toml, and nothing else."""
    text = file.read_text(encoding="utf-8")
    before = tomllib.loads(text)
    text = re.sub(r'^version = "[^"]*"$', f'version = "{version}"', text, count=1, flags=re.MULTILINE)
    before["project"]["version"] = version
    if tomllib.loads(text) != before:
        raise RefusedError(
            "pyproject.toml has no line 'version = \"...\"' at the start of [project]. Put it there."
        )
    file.write_text(text, encoding="utf-8")


def dated(changelog: str, version: str, day: date) -> str:
    """The changelog with its unreleased section under the version and the day, and an empty one above."""
    first, head = SECTION.search(changelog), UNRELEASED.search(changelog)
    if first is None or head is None or head.start() != first.start():
        raise RefusedError(
            "CHANGELOG.md does not begin with an unreleased section. Write one: ## [Unreleased]."
        )
    following = SECTION.search(changelog, head.end())
    body = changelog[head.end() : following.start() if following else None]
    if not re.search(r"^- \S", body, re.MULTILINE):
        raise RefusedError("The unreleased section of CHANGELOG.md is empty. Say what a service can notice.")
    return f"{changelog[: head.start()]}## [Unreleased]\n\n## [{version}] - {day}{changelog[head.end() :]}"


def project(checkout: Path) -> dict[str, str]:
    """The project's table in pyproject.toml."""
    table: dict[str, str] = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return table


def numbers(version: str) -> tuple[int, ...]:
    """A version to compare by."""
    if not re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}", version):
        raise RefusedError(f"{version!r} is no version. Write three numbers: make release VERSION=0.4.2.")
    return tuple(map(int, version.split(".")))


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints."""
    return run(folder, "git", *arguments).rstrip("\n")


def python(folder: Path, *arguments: str) -> str:
    """What Python prints, with the packages of this folder instead of those that are installed.

    It leaves no bytecode: a release that is refused, and a dry run, leave the checkout as it was.
    """
    roots = os.pathsep.join(str(folder / root) for root in ROOTS)
    return run(folder, sys.executable, *arguments, PYTHONPATH=roots, PYTHONDONTWRITEBYTECODE="1")


def run(folder: Path, *command: str, **environment: str) -> str:
    """What a command prints; refuse when it fails, with all that it said."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise RefusedError(
            f"{said}\nThat is from {' '.join(command[:2])} ..., which ended with {done.returncode}."
        )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
