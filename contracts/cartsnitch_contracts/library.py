"""The frozen documents that come with this package."""

import functools
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from cartsnitch_contracts.document import PREFIX, Document, loads
from cartsnitch_contracts.errors import DocumentError

NEXT = "next"
"""The version of a document that no release has frozen yet."""


def events_folder() -> Traversable:
    """The folder of event documents: `<channel>/<version>.json`, and `examples.json` they are made with."""
    return files(__package__) / "documents" / "events"


@functools.cache
def channels() -> tuple[str, ...]:
    """The channels that have documents, by full name."""
    return tuple(sorted(PREFIX + folder.name for folder in events_folder().iterdir() if folder.is_dir()))


def versions(channel: str) -> tuple[str, ...]:
    """The versions that a channel's document has, oldest first and `next` last.

    Raises:
        DocumentError: no such channel.
    """
    folder = _folder(channel)
    stems = [file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json")]
    released = [stem for stem in stems if re.fullmatch(r"\d+\.\d+\.\d+", stem)]
    released.sort(key=lambda version: tuple(map(int, version.split("."))))
    return (*released, *([NEXT] if NEXT in stems else []))


def load_document(channel: str, version: str = NEXT) -> Document:
    """One channel's contract; the channel may be named in full or without `cartsnitch.`.

    The same object is returned each time, so its validators are compiled once.

    Raises:
        DocumentError: no such channel or version; the message lists those that are.
    """
    return _load(PREFIX + channel.removeprefix(PREFIX), version)


@functools.cache
def _load(channel: str, version: str) -> Document:
    known = versions(channel)
    if version not in known:
        raise DocumentError(
            f"{channel} has no document of version {version!r}. There are: {', '.join(known) or 'none'}."
        )
    file = _folder(channel) / f"{version}.json"
    return loads(file.read_bytes(), source=str(file))


def documents(version: str = NEXT) -> tuple[Document, ...]:
    """Every channel's contract at one version, sorted by channel."""
    return tuple(load_document(channel, version) for channel in channels())


def read_document(path: Path) -> Document:
    """A document from a file of your own.

    Raises:
        DocumentError: the file cannot be read, or is not a document.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"{path} cannot be read: {error.strerror or error}. Name a document's JSON file."
        ) from None
    return loads(text, source=str(path))


def _folder(channel: str) -> Traversable:
    name = channel.removeprefix(PREFIX)
    # Compared with what is there, so that no name can lead out of the folder.
    if PREFIX + name not in channels():
        known = ", ".join(known.removeprefix(PREFIX) for known in channels())
        raise DocumentError(f"There is no channel {channel!r}. There are: {known}.")
    return events_folder() / name
