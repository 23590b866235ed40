"""The public API: is docs/api.md current, and what did a change take away since the last release?"""

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

import surface

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / root) for root in surface.ROOTS]  # its packages, whatever is installed

import breaks  # noqa: E402 - it imports them
import page  # noqa: E402

from cartsnitch_contracts.diff.report import Bump  # noqa: E402
from cartsnitch_contracts.diff.version import raised  # noqa: E402
from cartsnitch_contracts.manifest import numbers  # noqa: E402


def main() -> int:
    """0: nothing is wrong. 1: the page is stale, or a name is taken away. 2: it cannot be told."""
    parser = argparse.ArgumentParser(prog="python .ci/api", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the names into {page.PAGE}, and stop")
    given = parser.parse_args()
    public = surface.read(CHECKOUT)
    text = page.page(CHECKOUT)
    current = page.written(text, public)
    if given.write:
        (CHECKOUT / page.PAGE).write_text(current, encoding="utf-8")
        return 0
    if text != current:
        say(f"{page.PAGE} does not list the public names as they are. Write it: python .ci/api --write")
        return 1
    return compare(len(public.paths()) + len(page.tool_names(text)))


def compare(count: int) -> int:
    """Hold the checkout against the last release."""
    tag = last_release()
    if not tag and git("rev-parse", "--is-shallow-repository") == "true":
        say("This clone is shallow, and no release is in it to compare with: git fetch --tags --unshallow")
        return 2
    if not tag:
        say(f"public API: {count} names; nothing is released, so nothing can be taken away")
        return 0
    with tempfile.TemporaryDirectory(prefix="cartsnitch-api-") as folder:
        old = Path(folder).resolve()
        unpack(tag, old)
        if not (old / surface.LIST).is_file():
            say(f"public API: {count} names; {tag} did not say which of its names were public")
            return 0
        return report(tag, breaks.changes(old, CHECKOUT))


def report(tag: str, changes: breaks.Changes) -> int:
    """Say what was taken away, and whether the changelog and the version say so too."""
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    noted = [each for each in changes.broken if each.noted(changelog)]
    unsaid = [each for each in changes.broken if each not in noted]
    for each in changes.broken:
        say(f"{'NOTED ' if each in noted else 'BREAKS'}  {each.name}  {each.what}")
        if each.place:
            say(f"        {each.place}")
        say(f"  {tag} said: {each.deprecated}" if each.deprecated else f"  {tag} did not deprecate it")
    if unsaid:
        say(f"  do  keep it, deprecated ({page.PAGE}); or name it in CHANGELOG.md, under Removed or Changed,")
        say(f"      with what takes its place: - `{unsaid[0].name}`: ...")
    needed = raised(tag.removeprefix("v"), bump(tag, changes))
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    small = numbers(project["version"]) < numbers(needed)
    say(
        f"public API since {tag}: {len(changes.broken)} broken, {len(noted)} of them noted, "
        f"{len(changes.added)} added. "
        f"Version {project['version']} is {f'too small: {needed}' if small else 'right'}."
    )
    return 1 if unsaid or small else 0


def bump(tag: str, changes: breaks.Changes) -> Bump:
    """How far the version must be raised, by the same rule as for the contracts."""
    early = numbers(tag.removeprefix("v"))[0] == 0
    if changes.broken:
        return Bump.MINOR if early else Bump.MAJOR
    if changes.added:
        return Bump.PATCH if early else Bump.MINOR
    return Bump.NONE


def last_release() -> str:
    """The tag of the newest release that this commit comes after; empty before the first."""
    tags = git("tag", "--merged", "HEAD", "--list", "v*").split()
    released = [tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    return max(released, key=lambda tag: numbers(tag.removeprefix("v")), default="")


def unpack(tag: str, folder: Path) -> None:
    """The files of a tag, without touching the checkout."""
    command = ["git", "archive", tag]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def git(*arguments: str) -> str:
    """What a git command prints."""
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
