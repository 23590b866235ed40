"""The suites of services against this checkout's wheel: `downstream.py SERVICE... [PYTEST ARGUMENT...]`.

Each service is a folder with a pyproject.toml. It gets an environment of its own, with this wheel in the
place of whatever it pins of cartsnitch-common, and with its dependency group, or extra, `test` or `dev`.
Its promises are checked along with its tests where it declares any.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "out" / "downstream"
GROUPS = ("test", "tests", "dev")
NAME = "cartsnitch-common"


class UnfitError(Exception):
    """Why a service cannot be tested; the message says what to do."""


def main() -> int:
    """0 when the suites of all services pass, 1 when one fails, 2 when one cannot be run."""
    parser = argparse.ArgumentParser(prog="downstream.py", description=__doc__.partition("\n")[0])
    parser.add_argument("services", nargs="+", type=Path, metavar="SERVICE", help="a service's folder")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environments")
    parser.add_argument("--wheel", type=Path, help="of cartsnitch-common; built unless given")
    given, arguments = parser.parse_known_args()
    try:
        wheel = given.wheel or build()
        outcomes = {
            service: suite(service.resolve(), wheel.resolve(), given.python, [*arguments])
            for service in given.services
        }
    except UnfitError as reason:
        say(f"Cannot run: {reason}")
        return 2
    for service, (code, seconds) in outcomes.items():
        say(f"{'passed' if code == 0 else 'FAILED'}  {service}  in {seconds:.1f} s")
    return int(any(code for code, _ in outcomes.values()))


def build() -> Path:
    """The wheel of this checkout."""
    folder = WORK / "dist"
    uv("build", "--quiet", "--wheel", "--clear", "--python", sys.executable, "--out-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


def suite(service: Path, wheel: Path, python: str, arguments: list[str]) -> tuple[int, float]:
    """The exit code of a service's tests, and how many seconds they took."""
    declared = declaration(service)
    environment = WORK / f"{service.name}-venv"
    say(f"{service.name}: installing with {wheel.name}")
    install(service, declared, wheel, environment, python)
    command = [environment / "bin" / "python", "-m", "pytest", *arguments]
    if "cartsnitch" in declared.get("tool", {}):
        command.append("--cartsnitch-contracts")
    say(f"{service.name}: {shlex.join(map(str, command[1:]))}")
    began = time.monotonic()
    clean = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    code = subprocess.run(command, cwd=service, env=clean, check=False).returncode
    return code, time.monotonic() - began


def declaration(service: Path) -> dict[str, Any]:
    """What the service's pyproject.toml says."""
    try:
        return tomllib.loads((service / "pyproject.toml").read_text(encoding="utf-8"))
    except OSError:
        raise UnfitError(f"{service} has no pyproject.toml. Name the folder of a service.") from None
    except tomllib.TOMLDecodeError as error:
        raise UnfitError(f"{service}/pyproject.toml is not TOML: {error}.") from None


def install(service: Path, declared: dict[str, Any], wheel: Path, environment: Path, python: str) -> None:
    """An environment with the service, what its tests need, and the wheel."""
    group = next((each for each in GROUPS if each in declared.get("dependency-groups", {})), None)
    extras = declared.get("project", {}).get("optional-dependencies", {})
    extra = next((f"[{each}]" for each in GROUPS if group is None and each in extras), "")
    wanted = [*declared.get("project", {}).get("dependencies", []), *extras.get(extra.strip("[]"), [])]
    wanted += grouped(declared, group) if group else []
    overrides = WORK / f"{service.name}-overrides.txt"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(f"{NAME}{extras_of(NAME, wanted)} @ {wheel.as_uri()}\n", encoding="utf-8")
    uv("venv", "--quiet", "--clear", "--python", python, environment)
    uv(
        *("pip", "install", "--quiet", "--compile-bytecode", "--python", environment / "bin" / "python"),
        *("--overrides", overrides, "--constraints", ROOT / "constraints.txt"),
        *(("--group", f"{service / 'pyproject.toml'}:{group}") if group else ()),
        f"{service}{extra}",
    )


def grouped(declared: dict[str, Any], group: str) -> list[str]:
    """The requirements of a dependency group, and of those that it includes."""
    found: list[str] = []
    for each in declared["dependency-groups"][group]:
        found += [each] if isinstance(each, str) else grouped(declared, each["include-group"])
    return found


def extras_of(name: str, requirements: Iterable[str]) -> str:
    """What of a project is asked for, as `[rest,testing]`: an override would otherwise leave it out."""
    parsed = map(Requirement, requirements)
    extras = sorted(
        {extra for each in parsed if canonicalize_name(each.name) == name for extra in each.extras}
    )
    return f"[{','.join(extras)}]" if extras else ""


def uv(*arguments: str | Path) -> None:
    """Run uv, of this environment where it is there."""
    beside = Path(sys.executable).parent / "uv"
    command = [str(beside) if beside.exists() else "uv", *map(str, arguments)]
    if subprocess.run(command, check=False).returncode:
        raise UnfitError(f"{shlex.join(command)} failed; its message is above.")


def say(text: str) -> None:
    """Tell of a step, in order with what the commands print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
