"""Migrations of a service's own: only cartsnitch-common may change the schema."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SKIPPED: Final = frozenset({"node_modules", "site-packages", "build", "dist", "__pycache__"})
_MARKS: Final = (b"from alembic import op", b"alembic.op", b"from django.db import migrations")


def migrations_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """What a project has of migrations: each file, and why it is taken for one."""
    for file in sources(folder, "*.ini"):
        if file.name == "alembic.ini":
            yield file, "configures Alembic"
    pyproject = folder / "pyproject.toml"
    if pyproject.is_file() and "alembic" in tomllib.loads(pyproject.read_text(encoding="utf-8")).get(
        "tool", {}
    ):
        yield pyproject, "configures Alembic, in [tool.alembic]"
    for file in sources(folder, "*.py"):
        text = file.read_bytes()
        if any(mark in text for mark in _MARKS) and b"def upgrade" in text:
            yield file, "is a migration"
    for file in sources(folder, "*.sql"):
        if b"create table" in file.read_bytes().lower():
            yield file, "makes a table"


def sources(folder: Path, pattern: str) -> list[Path]:
    """The project's own files, sorted: none of an environment, of what was built, or hidden."""
    return sorted(_walk(folder, pattern))


def _walk(folder: Path, pattern: str) -> Iterator[Path]:
    yield from (path for path in folder.glob(pattern) if path.is_file())
    for below in folder.iterdir():
        name = below.name
        skipped = name.startswith(".") or name in _SKIPPED or (below / "pyvenv.cfg").exists()
        if below.is_dir() and not below.is_symlink() and not skipped:
            yield from _walk(below, pattern)
