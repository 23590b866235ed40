"""A release in an environment of its own: its source, its wheel, a fresh virtual environment."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cartsnitch_common.errors import CartsnitchError

_NEEDED = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "constraints.txt")
_ROOTS = ("src", "alembic", "contracts", "fixtures", "conftest_plugin", "cli")
_VALIDATOR = "jsonschema-rs"
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SSL_CERT_FILE", "XDG_CACHE_HOME")
_KEPT_PREFIXES = ("UV_", "PIP_", "HTTP", "http", "no_proxy", "NO_PROXY")


class ProofError(CartsnitchError, RuntimeError):
    """A release could not be built, installed or run; the message holds what the tool said."""


@dataclass(frozen=True)
class Installation:
    """One release, installed.

    Attributes:
        source: the tree that it was built from.
        python: the interpreter of its environment.
    """

    source: Path
    python: Path


def working_tree(repository: Path, folder: Path) -> Path:
    """Copy what a wheel is built from, as it lies in the working tree; returns `folder`."""
    for root in _ROOTS:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(repository / root, folder / root, ignore=ignore, dirs_exist_ok=True)
    for name in _NEEDED:
        shutil.copy(repository / name, folder / name)
    return folder


def revision(repository: Path, name: str, folder: Path) -> Path:
    """Copy what a wheel is built from, as a git revision has it; returns `folder`.

    Raises:
        ProofError: git knows no such revision.
    """
    archive = _run("git", "-C", str(repository), "archive", "--format=tar", name, env=None)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


def install(source: Path, folder: Path) -> Installation:
    """Build a wheel from a source tree and install it below `folder`, with all that production needs.

    The one addition is jsonschema-rs, without which a release does not know its own operations.

    Raises:
        ProofError: it cannot be built or installed.
    """
    wheels, environment = folder / "wheels", folder / "environment"
    python = environment / "bin" / "python"
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels), cwd=source)
    (wheel,) = wheels.glob("*.whl")
    pins = source / "constraints.txt"
    constraints = ["--constraint", str(pins)] if pins.is_file() else []
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        _run(sys.executable, "-m", "venv", str(environment))
        _run(str(python), "-m", "pip", "install", "--quiet", *constraints, str(wheel), _VALIDATOR)
    else:
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(environment))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), *constraints, str(wheel), _VALIDATOR)
    return Installation(source, python)


def clean_environment() -> dict[str, str]:
    """The variables that a release's process gets: none of this run's own settings."""
    return {
        name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }


def _run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> bytes:
    done = subprocess.run(  # noqa: S603 - commands of our own, without a shell
        command, cwd=cwd, env=env or clean_environment(), capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()[-2_000:]
        raise ProofError(f"'{_shown(command)}' failed with exit code {done.returncode}:\n{said}")
    return done.stdout


def _shown(command: Sequence[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:4]])
