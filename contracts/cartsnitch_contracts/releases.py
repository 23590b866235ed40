"""What a release does to the documents: each `next.json` that changed becomes the version's own file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartsnitch_contracts.drafts import outdated
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Files, Folder
from cartsnitch_contracts.manifest import NAME, NEXT, Manifest, Release, digest, numbers, read_manifest
from cartsnitch_contracts.snapshot import reversion


@dataclass(frozen=True)
class Frozen:
    """What a release freezes.

    Attributes:
        texts: each new file, by path: only documents that changed since the release before.
        removed: the subjects that have no document any more.
        manifest: the manifest with this release.
    """

    texts: Mapping[str, bytes]
    removed: tuple[str, ...]
    manifest: Manifest


def plan(files: Files, version: str) -> Frozen:
    """What freezing a version would write; nothing is written.

    Raises:
        DocumentError: the version is none, or not newer than the newest; a frozen file was touched; a
            `next.json` is stale.
    """
    manifest = read_manifest(files)
    newest = manifest.newest
    if version in manifest.releases:
        raise DocumentError(f"{version} is frozen already. Choose a version after {newest}.")
    if numbers(version) < numbers(newest or "0.0.0"):
        raise DocumentError(f"{version} is not newer than {newest}, the newest release. Choose one after it.")
    problems = manifest.problems(files)
    if problems:
        raise DocumentError("\n".join(problems))
    stale = outdated(files)
    if stale:
        raise DocumentError(
            f"{', '.join(stale)}: does not say what the schemas say. "
            "Run 'cartsnitch contracts export', look at what it writes and commit it."
        )
    before = manifest.state(newest) if newest else {}
    drafts = {
        path.removesuffix(f"/{NEXT}.json"): files.read(path)
        for path in files.names()
        if path.endswith(f"/{NEXT}.json")
    }
    texts = {
        f"{subject}/{version}.json": _frozen(text, subject, version)
        for subject, text in drafts.items()
        if subject not in before or text != _draft(files.read(before[subject]), before[subject])
    }
    removed = tuple(sorted(before.keys() - drafts.keys()))
    release = Release({path: digest(text) for path, text in texts.items()}, removed)
    return Frozen(texts, removed, Manifest({**manifest.releases, version: release}))


def freeze(folder: Path, version: str) -> Frozen:
    """Write the version's files below `folder`, and the manifest last; returns what was written.

    Raises:
        DocumentError: as `plan` does, or a file cannot be written.
    """
    frozen = plan(Folder(folder), version)
    try:
        for path, text in frozen.texts.items():
            (folder / path).write_bytes(text)
        (folder / NAME).write_text(frozen.manifest.dumps(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise DocumentError(
            f"{folder} cannot be written: {error.strerror or error}. Take back what it wrote and try again."
        ) from None
    return frozen


def _draft(text: bytes, path: str) -> bytes:
    """A frozen text as its `next.json` was."""
    return reversion(text, path.rpartition("/")[2].removesuffix(".json"), NEXT)


def _frozen(text: bytes, subject: str, version: str) -> bytes:
    """The text with the release's version; nothing else differs."""
    changed = reversion(text, NEXT, version)
    if _without_version(changed, version) != _without_version(text, NEXT):
        raise DocumentError(f"{subject}/{NEXT}.json has no version {NEXT!r} to freeze. Export it anew.")
    return changed


def _without_version(text: bytes, version: str) -> Any:
    """The document without its own version, which it must have."""
    document = json.loads(text)
    holder = document if "version" in document else document.get("info", {})
    return document if holder.pop("version", None) == version else None
