"""Mistakes that must be caught, and refactorings that must not be: `mutations.py [--only WORD] [--write]`.

Each change of `examples/mutations/` is made alone, in a copy of the service or of this checkout, and the
checks that are made before a merge are run on it. `--write` puts the tables into docs/mutations.md.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import downstream

ROOT = downstream.ROOT
DATA = ROOT / "examples" / "mutations"
PAGE = ROOT / "docs" / "mutations.md"
ROOTS = ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
COMMON = "common"
BIN = Path(sys.executable).parent
LONGEST = 160


@dataclass(frozen=True)
class Change:
    """An edit of one file: `find` stands in it exactly once, as do the keys of `also`.

    Of `copies`, what a key names is put under its value as well.
    """

    name: str
    where: str
    file: str
    find: str
    replace: str
    also: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    is_mistake: bool = False

    @property
    def source(self) -> Path:
        """The file as it is."""
        return (ROOT if self.where == COMMON else ROOT / "examples" / self.where) / self.file

    def make(self, copy: Path) -> None:
        """Make it in a copy of the service or checkout."""
        (copy / self.file).write_text(self.made(), encoding="utf-8")
        for there, here in self.copies.items():
            (copy / here).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(copy / there, copy / here)

    def made(self) -> str:
        """The file as it would be."""
        text = self.source.read_text(encoding="utf-8")
        for old, new in {self.find: self.replace, **self.also}.items() if self.find else ():
            if text.count(old) != 1:
                raise SystemExit(
                    f"{self.name!r}: its text stands {text.count(old)} times in {self.source}, not once. "
                    f"Bring examples/mutations up to date:\n{old}"
                )
            text = text.replace(old, new)
        return text


@dataclass(frozen=True)
class Catch:
    """Which check objected to a change, and what it said."""

    check: str
    message: str


def main() -> int:
    """0 when every mistake is caught and no refactoring is; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="make mutations", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="changes with this word in file name, place or name")
    parser.add_argument("--write", action="store_true", help="write docs/mutations.md; of all changes alone")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    given = parser.parse_args()
    if given.write and given.only:
        parser.error("--write is of all changes; leave out --only, or do not write")
    kinds = {kind: read(kind, given.only) for kind in ("mistakes", "refactorings")}
    for change in (each for changes in kinds.values() for each in changes):
        change.made()
    began = time.monotonic()
    places = {change.where for changes in kinds.values() for change in changes}
    if COMMON in places and (found := uncommitted()):
        parser.error(f"changes are made in a clone of HEAD; commit or stash yours first: {' '.join(found)}")
    environments = prepare(places)
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder, ThreadPoolExecutor(given.jobs) as pool:
        unchanged = [
            Change("nothing is changed", place, "pyproject.toml", "", "") for place in sorted(places)
        ]
        if any(pool.map(lambda each: try_out(each, Path(folder), environments), unchanged)):
            say("A check objects to what is not changed at all; mend that first.")
            return 1
        outcomes = {
            kind: list(pool.map(lambda each: try_out(each, Path(folder), environments), changes))
            for kind, changes in kinds.items()
        }
    lines = [
        *report(kinds["mistakes"], outcomes["mistakes"], kinds["refactorings"], outcomes["refactorings"])
    ]
    say("\n".join(lines))
    say(f"{time.monotonic() - began:.0f} s")
    if given.write:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    missed = [
        change for change, catch in zip(kinds["mistakes"], outcomes["mistakes"], strict=True) if not catch
    ]
    return int(bool(missed or any(outcomes["refactorings"])))


def read(kind: str, word: str) -> list[Change]:
    """The changes of a file that have the word."""
    found = tomllib.loads((DATA / f"{kind}.toml").read_text(encoding="utf-8"))["change"]
    is_mistake = kind == "mistakes"
    changes = [Change(where=each.pop("in"), is_mistake=is_mistake, **each) for each in found]
    return [change for change in changes if word in f"{kind} {change.where} {change.file} {change.name}"]


def uncommitted() -> list[str]:
    """Files of the shared package that are not as HEAD has them."""
    return run(["git", "diff", "--name-only", "HEAD", "--", *ROOTS], ROOT, {}).stdout.split()


def prepare(places: set[str]) -> dict[str, Path]:
    """An environment for each service, with this checkout's wheel."""
    services = sorted(places - {COMMON})
    wheel = downstream.build() if services else None
    environments = {}
    for name in services:
        service = ROOT / "examples" / name
        environments[name] = downstream.WORK / f"{name}-mutations-venv"
        declared = downstream.declaration(service)
        downstream.install(service, declared, wheel, environments[name], sys.executable)
    return environments


def try_out(change: Change, folder: Path, environments: Mapping[str, Path]) -> Catch | None:
    """What objected to the change; None where nothing did."""
    scratch = Path(tempfile.mkdtemp(dir=folder))
    try:
        check = in_common if change.where == COMMON else in_service
        catch = check(change, scratch, environments)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    say(f"{change.where:15} {change.name}: {catch.check if catch else 'nothing objects'}")
    return catch


def in_service(change: Change, scratch: Path, environments: Mapping[str, Path]) -> Catch | None:
    """The promises first, then everything; where nothing may object, everything at once."""
    copy = scratch / change.where
    ignored = shutil.ignore_patterns(".venv", "__pycache__", ".*cache", ".hypothesis")
    shutil.copytree(ROOT / "examples" / change.where, copy, ignore=ignored)
    change.make(copy)
    pytest = [
        environments[change.where] / "bin" / "python",
        "-m",
        "pytest",
        "-q",
        "--cartsnitch-contracts",
        "-x",
    ]
    paths = {"PYTHONPATH": str(copy / "src")}
    for what in (["pyproject.toml"], []) if change.is_mistake else ([],):
        junit = scratch / "junit.xml"
        done = run([*pytest, f"--junitxml={junit}", *what], copy, paths)
        if done.returncode:
            return first_failure(junit, done.stdout + done.stderr)
    return None


def first_failure(junit: Path, output: str) -> Catch:
    """Which test failed first, and its message."""
    if not junit.exists():
        return Catch("pytest", short(output.strip().splitlines()[-1:]))
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        for problem in (*case.iter("failure"), *case.iter("error")):
            name = case.get("name", "")
            place = "" if "[" in name and name.partition("[")[0] in KINDS else f"{case.get('classname')}::"
            lines = (problem.text or problem.get("message") or "").splitlines()
            told = lines if not place else [problem.get("message", "").splitlines()[0]]
            return Catch(f"{place.removeprefix('tests.')}{name}", short(told))
    return Catch("pytest", short(output.strip().splitlines()[-1:]))


KINDS = ("publishes", "consumes", "serves", "calls", "database")


def in_common(change: Change, scratch: Path, environments: Mapping[str, Path]) -> Catch | None:
    """The comparison with the contracts as they were, and the models beside the migrations."""
    copy = scratch / "common"
    run(["git", "clone", "--quiet", "--shared", ROOT, copy], scratch, {})
    change.make(copy)
    paths = {"PYTHONPATH": os.pathsep.join(str(copy / root) for root in ROOTS)}
    checks: tuple[tuple[str, Sequence[str | Path]], ...] = (
        ("cartsnitch contracts export", [BIN / "cartsnitch", "contracts", "export"]),
        ("cartsnitch contracts check", [BIN / "cartsnitch", "contracts", "check", "--base", "HEAD"]),
        ("alembic check", [sys.executable, ".ci/alembic_check.py"]),
    )
    for name, command in checks:
        done = run(command, copy, paths)
        if done.returncode:
            said = (done.stdout + done.stderr).splitlines()
            return Catch(name, short(telling(said) or said[-1:]))
    return None


def telling(lines: Sequence[str]) -> list[str]:
    """The line that says what breaks, or the error."""
    marks = ("BREAKS", "FAILED", "Error", "error")
    return next(([line] for line in lines if line.startswith(marks)), [])


def run(
    command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """A command, with what it prints."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, "COLUMNS": "200", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def short(lines: Sequence[str]) -> str:
    """What fits into a cell: the lines as one, cut at a whole word."""
    text = " ".join(" ".join(lines[:2]).split()).replace("|", "\\|")
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " ..."


def report(
    mistakes: Sequence[Change],
    caught: Sequence[Catch | None],
    refactorings: Sequence[Change],
    flagged: Sequence[Catch | None],
) -> Iterator[str]:
    """The page."""
    yield "# Mistakes, and what catches them"
    yield ""
    yield "`make mutations` makes each change of `examples/mutations/` alone, in a copy, runs the checks, and"
    yield "writes this page: in the shared package the comparison of the contracts and `alembic check`, in a"
    yield "service its promises and then its tests. Of several checks that object the first is named."
    yield ""
    yield f"## Mistakes: {sum(map(bool, caught))} of {len(caught)} are caught"
    yield ""
    yield "| in | mistake | caught by | which says |"
    yield "|---|---|---|---|"
    for change, catch in zip(mistakes, caught, strict=True):
        yield f"| {change.where} | {change.name} | {cell(catch)} |"
    yield ""
    yield f"## Refactorings: {sum(map(bool, flagged))} of {len(flagged)} are flagged"
    yield ""
    yield "| in | refactoring | flagged by | which says |"
    yield "|---|---|---|---|"
    for change, catch in zip(refactorings, flagged, strict=True):
        yield f"| {change.where} | {change.name} | {cell(catch)} |"


def cell(catch: Catch | None) -> str:
    """Two cells: the check and its message."""
    return f"`{catch.check}` | {catch.message}" if catch else "nothing | "


def say(text: str) -> None:
    """Tell of a step at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
