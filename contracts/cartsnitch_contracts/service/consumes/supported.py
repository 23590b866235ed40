"""Which versions of a channel's contract a handler takes."""

from cartsnitch_contracts.document import PREFIX, Document
from cartsnitch_contracts.files import Files, package_files
from cartsnitch_contracts.manifest import NEXT, numbers, read_manifest
from cartsnitch_contracts.snapshot import Snapshot


def supported(channel: str, minors: int, files: Files | None = None) -> tuple[Document, ...]:
    """The different documents of the last `minors` minor releases, oldest first, and what comes next.

    Services that pin one of these releases may send as its document says. `files` are the package's own
    unless given.

    Raises:
        DocumentError: a document is broken.
    """
    files = package_files() if files is None else files
    name = channel.removeprefix(PREFIX)
    releases = list(read_manifest(files).releases)
    kept = sorted({numbers(release)[:2] for release in releases})[-minors:]
    found: dict[str, Document] = {}
    for version in [*(release for release in releases if numbers(release)[:2] in kept), NEXT]:
        events = Snapshot(version, files, at=version).events
        if name in events:
            found.setdefault(events.digest(name), events[name])
    return tuple(found.values())
