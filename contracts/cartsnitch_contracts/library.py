"""The documents that come with this package."""

import functools
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from cartsnitch_contracts.document import PREFIX, Document, loads
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import package_files, package_folder
from cartsnitch_contracts.manifest import NEXT, is_version, numbers, read_manifest
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.text import read

if TYPE_CHECKING:
    from cartsnitch_contracts.database import DatabaseDocument


def events_folder() -> Traversable:
    """The folder of event documents: `<channel>/<version>.json`, and `examples.json` they are made with."""
    return package_folder() / "events"


def snapshot(version: str = NEXT) -> Snapshot:
    """All documents of a release, or of what comes next; the same object each time.

    Raises:
        DocumentError: on the first use of its documents, when there is no such release.
    """
    return _snapshot(version)


@functools.cache
def _snapshot(version: str) -> Snapshot:
    return Snapshot(version, package_files(), at=version, version="" if version == NEXT else version)


def database() -> "DatabaseDocument":
    """The database's contract as it is now."""
    document = snapshot().database
    assert document is not None  # noqa: S101 - this package's documents have one
    return document


@functools.cache
def releases() -> tuple[str, ...]:
    """The releases, oldest first."""
    return tuple(read_manifest(package_files()).releases)


@functools.cache
def channels() -> tuple[str, ...]:
    """The channels that there are, by full name."""
    return tuple(PREFIX + name for name in snapshot().events)


@functools.cache
def versions(channel: str) -> tuple[str, ...]:
    """The versions in which a channel's document changed, oldest first and `next` last.

    Raises:
        DocumentError: no such channel.
    """
    folder = f"events/{channel.removeprefix(PREFIX)}/"
    names = package_files().names("events/")
    stems = [name.removeprefix(folder).removesuffix(".json") for name in names if name.startswith(folder)]
    released = sorted(filter(is_version, stems), key=numbers)
    if not released and NEXT not in stems:
        known = ", ".join(known.removeprefix(PREFIX) for known in channels())
        raise DocumentError(f"There is no channel {channel!r}. There are: {known}.")
    return (*released, *([NEXT] if NEXT in stems else []))


def load_document(channel: str, version: str = NEXT) -> Document:
    """One channel's contract; the channel may be named in full or without `cartsnitch.`.

    A release in which it did not change has the newest before it. The same object is returned each time, so
    its validators are compiled once.

    Raises:
        DocumentError: no such channel or version; the message lists those that are.
    """
    name = channel.removeprefix(PREFIX)
    known = versions(PREFIX + name)
    if version not in (*releases(), NEXT) or name not in snapshot(version).events:
        raise DocumentError(
            f"{PREFIX}{name} has no document of version {version!r}. There are: {', '.join(known)}."
        )
    return snapshot(version).events[name]


def documents(version: str = NEXT) -> tuple[Document, ...]:
    """Every channel's contract at one version, sorted by channel."""
    return tuple(snapshot(version).events.values())


def read_document(path: Path) -> Document:
    """A document from a file of your own.

    Raises:
        DocumentError: the file cannot be read, is too large, or is not a document.
    """
    return loads(read(path, remedy="Name a document's JSON file."), source=str(path))
