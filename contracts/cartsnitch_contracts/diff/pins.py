"""The documents of older releases that services still pin."""

from functools import cache

from cartsnitch_contracts.database import DatabaseDocument
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.manifest import is_version
from cartsnitch_contracts.rest import RestDocument
from cartsnitch_contracts.snapshot import Snapshot


class Pins:
    """Finds a document at the version that somebody pins; what there is no release of counts as the base.

    Attributes:
        notes: which versions were not found, a sentence each.
    """

    def __init__(self, base: Snapshot) -> None:
        self._base = base
        self.notes: list[str] = []
        self._at = cache(self._release)

    def event(self, channel: str, version: str) -> Document | None:
        """A channel's contract."""
        release = self._at(version)
        return release.events.get(channel) if release else None

    def rest(self, service: str, version: str) -> RestDocument | None:
        """A service's operations."""
        release = self._at(version)
        return release.rest.get(service) if release else None

    def database(self, version: str | None) -> DatabaseDocument | None:
        """The database."""
        release = self._at(version) if version else None
        return release.database if release else None

    def _release(self, version: str) -> Snapshot | None:
        if version in (self._base.at, self._base.version) and self._base.at != "next":
            return None  # the base itself
        release = Snapshot(f"v{version}", self._base.files, at=version, version=version)
        try:
            if is_version(version):
                len(release.events)
                return release
        except DocumentError:
            pass
        if version not in ("next", self._base.version):
            self.notes.append(
                f"version {version} is pinned, but there is no such release: judged as the base"
            )
        return None
