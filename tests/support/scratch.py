"""A small checkout of this package in a git repository of its own: documents, a version, and commits."""

import dataclasses
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cartsnitch_contracts.diff.base import DOCUMENTS
from cartsnitch_contracts.document import Document, loads
from cartsnitch_contracts.files import package_folder
from cartsnitch_contracts.releases import freeze


class Scratch:
    """A checkout at `root`, on the branch `main`, whose first commit is the package's documents as 0.4.2."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents = root / DOCUMENTS
        shutil.copytree(str(package_folder()), self.documents)
        self.git("init", "--quiet", "--initial-branch=main")
        self.version = "0.4.2"
        self.commit("the documents")

    def git(self, *arguments: str) -> str:
        """What git says."""
        identity = [
            "-c",
            "user.name=Scratch",
            "-c",
            "user.email=scratch@example.com",
            "-c",
            "commit.gpgsign=false",
        ]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    @property
    def version(self) -> str:
        """The version in `pyproject.toml`."""
        return (self.root / "pyproject.toml").read_text().split('"')[-2]

    @version.setter
    def version(self, value: str) -> None:
        (self.root / "pyproject.toml").write_text(
            f'[project]\nname = "cartsnitch-common"\nversion = "{value}"\n'
        )

    def commit(self, message: str) -> str:
        """Commit everything; returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def release(self, version: str) -> None:
        """Freeze the documents, commit and tag."""
        self.version = version
        freeze(self.documents, version)
        self.commit(f"release {version}")
        self.git("tag", f"v{version}")

    def branch(self, name: str = "change") -> None:
        """Go on on a branch of its own."""
        self.git("switch", "--quiet", "--create", name)

    def json(self, path: str, edit: Callable[[Any], None]) -> None:
        """Edit a document in place."""
        file = self.documents / path
        value = json.loads(file.read_text(encoding="utf-8"))
        edit(value)
        file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def event(self, channel: str, edit: Callable[[Document], Document]) -> None:
        """Replace a channel's contract."""
        file = self.documents / "events" / channel / "next.json"
        changed = edit(loads(file.read_bytes(), source=str(file)))
        file.write_text(dataclasses.replace(changed, version="next").dumps(), encoding="utf-8")

    def payload(self, channel: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Edit a channel's payload on both sides, each as an object schema."""

        def both(document: dict[str, Any]) -> None:
            for side in ("writer", "reader"):
                schema = document[side]
                edit(schema["$defs"][schema["properties"]["payload"]["$ref"].rpartition("/")[2]])

        self.json(f"events/{channel}/next.json", both)

    def consumer(self, service: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Edit what a service states of itself."""
        self.json(f"consumers/{service}.json", edit)
