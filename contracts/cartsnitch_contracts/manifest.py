"""The manifest of releases: what each one froze, so that nobody edits it afterwards."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Files

NAME = "manifest.json"
NEXT = "next"
"""The version of a document that no release has frozen yet."""
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)
_FROZEN = re.compile(rf"(?P<subject>.+)/(?P<version>{_VERSION.pattern})\.json", re.ASCII)
_RESTORE = "Restore it from the release's tag; a change belongs into the next release."


def numbers(version: str) -> tuple[int, ...]:
    """A version to compare by.

    Raises:
        DocumentError: it is not three numbers.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise DocumentError(f"{version!r} is no version. Write three numbers, like 0.4.2.")
    return tuple(map(int, found.groups()))


def is_version(text: str) -> bool:
    """Whether the text is three numbers with points between."""
    return _VERSION.fullmatch(text) is not None


@dataclass(frozen=True)
class Release:
    """What one release froze.

    Attributes:
        files: the digest (SHA-256, hexadecimal) of each file that it wrote, by path.
        removed: the subjects whose document it no longer has: `events/prices.updated`.
    """

    files: Mapping[str, str]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """All releases, oldest first."""

    releases: Mapping[str, Release]

    @property
    def newest(self) -> str | None:
        """The newest release; None before the first."""
        return list(self.releases)[-1] if self.releases else None

    def state(self, version: str) -> dict[str, str]:
        """The paths that a release's documents have, by subject: each its newest file up to that release.

        Raises:
            DocumentError: there is no such release; the message lists those that there are.
        """
        if version not in self.releases:
            known = ", ".join(self.releases) or "none"
            raise DocumentError(f"There is no release {version!r}. There are: {known}.")
        paths: dict[str, str] = {}
        for name, release in self.releases.items():
            for subject in release.removed:
                paths.pop(subject, None)
            paths.update({path.rpartition("/")[0]: path for path in release.files})
            if name == version:
                break
        return paths

    def problems(self, files: Files) -> list[str]:
        """What is wrong with the frozen files, each with its remedy: edited, gone, or never released."""
        found = []
        digests: dict[str, str] = {}
        for release in self.releases.values():
            digests.update(release.files)
        present = {path for path in files.names() if _FROZEN.fullmatch(path)}
        for path, wanted in digests.items():
            if path not in present:
                found.append(f"{path} is frozen and was removed. {_RESTORE}")
            elif digest(files.read(path)) != wanted:
                found.append(f"{path} is frozen and was edited. {_RESTORE}")
        found.extend(
            f"{path} is not in {NAME}. Delete it; only a release freezes: make release VERSION=x.y.z."
            for path in sorted(present - digests.keys())
        )
        return found

    def rewritten(self, before: "Manifest") -> list[str]:
        """What an earlier manifest says otherwise of releases that both have, each with its remedy.

        A frozen file that is edited together with its digest is found by nothing else.
        """
        both = [version for version in before.releases if version in self.releases]
        return [
            f"What {version} froze is not what {NAME} says now. {_RESTORE}"
            for version in both
            if self.releases[version] != before.releases[version]
        ]

    def dumps(self) -> str:
        """The text of the manifest's file."""
        releases = {
            version: {"files": dict(sorted(release.files.items())), "removed": sorted(release.removed)}
            for version, release in self.releases.items()
        }
        return json.dumps({"releases": releases}, indent=2) + "\n"


def read_manifest(files: Files) -> Manifest:
    """The manifest of a store; without a file, one of no release.

    Raises:
        DocumentError: the file is no manifest.
    """
    if NAME not in files.names(NAME):
        return Manifest({})
    try:
        raw = json.loads(files.read(NAME))["releases"]
        releases = {version: _release(raw[version]) for version in sorted(raw, key=numbers)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DocumentError(
            f"{NAME} is no manifest of releases: {error}. Restore it from version control."
        ) from None
    return Manifest(releases)


def digest(text: bytes) -> str:
    """SHA-256 as the manifest writes it."""
    return hashlib.sha256(text).hexdigest()


def _release(raw: Any) -> Release:
    files = {str(path): str(value) for path, value in raw["files"].items()}
    strange = [path for path in files if not _FROZEN.fullmatch(path)]
    if strange:
        raise ValueError(f"{strange[0]!r} is no frozen document")
    return Release(files, tuple(map(str, raw["removed"])))
