"""Where documents lie: a folder, or texts from anywhere, under the same paths.

A path is relative to the folder of documents and has `/`: `events/prices.updated/next.json`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol

from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.text import read


class Files(Protocol):
    """A store of documents."""

    def names(self, prefix: str = "") -> list[str]:
        """Every path that starts with `prefix`, sorted; none where there is no such folder."""

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            DocumentError: there is no such file, or it cannot be read.
        """


def read_examples(folder: Traversable, path: str) -> dict[str, Any]:
    """The examples that a document is made with, from the file that people write; `path` is below `folder`.

    Raises:
        DocumentError: there is no such file, or it is no JSON object.
    """
    source, remedy = f"documents/{path}", "Write it beside the next.json, as its neighbours have one."
    try:
        found = json.loads(folder.joinpath(*path.split("/")).read_bytes())
    except OSError:
        raise DocumentError(f"There is no {source}. {remedy}") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{source} is not JSON: {error}. Mend it first.") from None
    if not isinstance(found, dict):
        raise DocumentError(f"{source} is no JSON object. {remedy}")
    return found


@dataclass(frozen=True)
class Folder:
    """The files below a folder, as they are when they are asked for."""

    root: Traversable

    def names(self, prefix: str = "") -> list[str]:
        """Every path that starts with `prefix`, sorted; none where there is no such folder."""
        start = prefix.rpartition("/")[0]
        folder = self.root.joinpath(*start.split("/")) if start else self.root
        found = _below(folder, f"{start}/" if start else "") if folder.is_dir() else iter(())
        return sorted(path for path in found if path.startswith(prefix))

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            DocumentError: there is no such file, or it cannot be read.
        """
        file = self.root.joinpath(*path.split("/"))
        return read(file, remedy="Name a folder of documents, as 'cartsnitch contracts export' writes it.")


@dataclass(frozen=True)
class Texts:
    """Files that were read from elsewhere, by path; `source` names the place in errors."""

    texts: Mapping[str, bytes] = field(repr=False)
    source: str

    def names(self, prefix: str = "") -> list[str]:
        """Every path that starts with `prefix`, sorted."""
        return sorted(path for path in self.texts if path.startswith(prefix))

    def read(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            DocumentError: there is no such file.
        """
        if path not in self.texts:
            raise DocumentError(f"{self.source} has no document {path}.")
        return self.texts[path]


def package_folder() -> Traversable:
    """The folder of documents that comes with this package."""
    return files(__package__) / "documents"


def package_files() -> Folder:
    """The documents that come with this package."""
    return Folder(package_folder())


def _below(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name
