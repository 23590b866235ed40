"""Follows docs/first-contract-test.md to the letter, in an empty directory, with the wheel of this checkout.

The page's blocks are taken in their order. One that begins with `# path` is a file. Of a console's, lines
with `$ ` are commands, and those below one are all that it prints, where `...` stands for anything. `console
fails` is for commands that end with another code than 0.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs" / "first-contract-test.md"
BLOCK = re.compile(r"^```(\w+)( fails)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES = 6


class WrongError(Exception):
    """What on the page is not so; the message says what to do."""


@dataclass
class Step:
    """A file to write, or a command with what it prints."""

    text: str
    path: str = ""
    fails: bool = False
    printed: list[str] = field(default_factory=list)


def main() -> int:
    """0 when the page is true; 1 when something on it is not."""
    parser = argparse.ArgumentParser(prog="make first-contract-test", description=__doc__.partition("\n")[0])
    parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="cartsnitch-first-") as folder:
            seconds = follow(steps(PAGE.read_text(encoding="utf-8")), Path(folder))
    except WrongError as wrong:
        sys.stderr.write(f"{PAGE.relative_to(CHECKOUT)} is not true. {wrong}\n")
        return 1
    sys.stdout.write(
        f"{PAGE.relative_to(CHECKOUT)} is true: {seconds:.1f} s from the installation to the end.\n"
    )
    return 0


def steps(page: str) -> list[Step]:
    """The page's files and commands, in their order."""
    found: list[Step] = []
    for language, fails, text in BLOCK.findall(page):
        if language == "console":
            for line in text.splitlines():
                if line.startswith("$ "):
                    found.append(Step(line.removeprefix("$ "), fails=bool(fails)))
                else:
                    found[-1].printed.append(line)
        else:
            first, _, rest = text.partition("\n")
            found.append(Step(rest, path=first.removeprefix("# ")))
            configuration = [line for line in rest.splitlines() if line.strip()]
            if language == "toml" and len(configuration) > LINES:
                raise WrongError(f"The configuration has {len(configuration)} lines; {LINES} are promised.")
    return found


def follow(found: list[Step], folder: Path) -> float:
    """Do all of it in one shell; gives the seconds from the end of the installation on."""
    kept, empty = folder / "kept", folder / "empty"
    kept.mkdir()
    empty.mkdir()
    shell = ["/bin/bash", "-c", script(found, kept)]
    subprocess.run(shell, cwd=empty, env=surroundings(folder), check=False)
    for number, step in enumerate(found):
        if not step.path:
            judge(step, kept, number)
    installed = max(number for number, step in enumerate(found) if "pip install" in step.text)
    ends = [float((kept / f"{number}.time").read_text()) for number in (installed, len(found) - 1)]
    return ends[1] - ends[0]


def script(found: list[Step], kept: Path) -> str:
    """A shell's script that keeps what each command prints, its exit code, and when it ended."""
    lines = []
    for number, step in enumerate(found):
        if step.path:
            (kept / f"{number}.file").write_text(step.text, encoding="utf-8")
            lines.append(f"mkdir -p {shlex.quote(str(Path(step.path).parent))}")
            lines.append(f"cp {kept}/{number}.file {shlex.quote(step.path)}")
        else:
            lines.append(f"{{ {step.text}\n}} > {kept}/{number}.out 2>&1 < /dev/null")
            lines.append(f"echo $? > {kept}/{number}.code")
        lines.append(f"date +%s.%N > {kept}/{number}.time")
    return "\n".join(lines)


def judge(step: Step, kept: Path, number: int) -> None:
    """Hold what a command did against the page."""
    printed = (kept / f"{number}.out").read_text(encoding="utf-8")
    code = int((kept / f"{number}.code").read_text())
    if (code != 0) != step.fails:
        raise WrongError(f"`{step.text}` ended with {code}:\n{printed}")
    if step.printed and not re.fullmatch(pattern(step.printed), f"{printed.rstrip()}\n"):
        shown = "\n".join(step.printed)
        raise WrongError(f"`{step.text}` printed\n{printed}\nand the page shows\n{shown}")


def pattern(shown: list[str]) -> str:
    """What matches the text that is shown: a line `...` is any lines, and within a line any text."""
    lines = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown
    ]
    return "".join(lines)


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a shell in which pip takes this checkout's wheel, and no setting is left over."""
    wheels = folder / "dist"
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(wheels),
        str(CHECKOUT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    constraints = folder / "constraints.txt"
    pins = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8")
    constraints.write_text(f"{pins}cartsnitch-common=={wheel.name.split('-')[1]}\n", encoding="utf-8")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CARTSNITCH_", "PYTEST", "PYTHON", "VIRTUAL_ENV", "MAKE"))
    }
    path = f"{Path(sys.executable).resolve().parent}{os.pathsep}{kept['PATH']}"
    return {
        **kept,
        "PATH": path,
        "PIP_CONSTRAINT": str(constraints),
        "PIP_FIND_LINKS": f"{kept.get('PIP_FIND_LINKS', '')} {wheels}",
        "COLUMNS": "80",
    }


if __name__ == "__main__":
    sys.exit(main())
