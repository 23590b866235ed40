"""All documents of one state: of the working tree, of a git revision, or of a release."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cartsnitch_contracts import document
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import Files
from cartsnitch_contracts.manifest import NEXT, digest, read_manifest
from cartsnitch_contracts.text import parse

if TYPE_CHECKING:
    from cartsnitch_contracts.database import DatabaseDocument
    from cartsnitch_contracts.rest import RestDocument


class Documents[D](Mapping[str, D]):
    """Documents by name, sorted. Each is read and checked when it is first asked for, and then kept."""

    def __init__(self, files: Files, paths: Mapping[str, str], load: Callable[[bytes, str], D]) -> None:
        self._files = files
        self._paths = dict(sorted(paths.items()))
        self._load = load
        self._loaded: dict[str, D] = {}

    def __getitem__(self, name: str) -> D:
        if name not in self._loaded:
            self._loaded[name] = self._load(self.text(name), self._paths[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def path(self, name: str) -> str:
        """Where the document lies: `events/prices.updated/0.4.0.json`."""
        return self._paths[name]

    def text(self, name: str) -> bytes:
        """The bytes of its file."""
        return self._files.read(self._paths[name])

    def digest(self, name: str) -> str:
        """The same for two texts that differ in the document's own version at most."""
        version = self._paths[name].rpartition("/")[2].removesuffix(".json")
        return digest(reversion(self.text(name), version, NEXT))


def changed[D](old: Documents[D], new: Documents[D]) -> list[str]:
    """The names that only one has, or whose documents say different things; nothing is parsed."""
    return [
        name
        for name in sorted({*old, *new})
        if name not in old or name not in new or old.digest(name) != new.digest(name)
    ]


def reversion(text: bytes, old: str, new: str) -> bytes:
    """A document's text with another version of its own.

    That is the first `"version"` in each kind of document; the export keeps it so.
    """
    return text.replace(b'"version": "%s"' % old.encode(), b'"version": "%s"' % new.encode(), 1)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All documents of one state; nothing is read before it is asked for.

    Attributes:
        label: what reports call the state: `v0.4.2 (merge base 3f1c9ad)`, `working tree`.
        files: the store that holds it.
        at: "next" for what is not released yet, or a release; then each document is the newest up to it.
        version: the package's version in that state; empty where nobody knows it.
        commit: the git commit that it is of; empty where it is of none.
    """

    label: str
    files: Files
    at: str = NEXT
    version: str = ""
    commit: str = ""

    @cached_property
    def events(self) -> Documents[Document]:
        """The contract of each channel, by its short name: `receipts.ingested`."""
        return self._documents("events", lambda text, path: document.loads(text, source=self._source(path)))

    @cached_property
    def rest(self) -> "Documents[RestDocument]":
        """What each service serves to the others, by the service's name on the wire."""

        def load(text: bytes, path: str) -> "RestDocument":
            from cartsnitch_contracts.rest import loads  # noqa: PLC0415 - not every check reads such a document

            return loads(text, source=self._source(path))

        return self._documents("rest", load)

    @cached_property
    def databases(self) -> "Documents[DatabaseDocument]":
        """The database's document under the one name `database`; empty where the state has none."""

        def load(text: bytes, path: str) -> "DatabaseDocument":
            from cartsnitch_contracts.database import loads  # noqa: PLC0415 - not every check reads it

            return loads(text, source=self._source(path))

        return self._documents("database", load)

    @property
    def database(self) -> "DatabaseDocument | None":
        """The tables, columns and owners; None where the state has no such document."""
        return self.databases.get("database")

    @cached_property
    def asyncapis(self) -> Documents[dict[str, Any]]:
        """The AsyncAPI document under the one name `asyncapi`; empty where the state has none."""
        return self._documents("asyncapi", self._json)

    @property
    def asyncapi(self) -> dict[str, Any] | None:
        """The AsyncAPI document, as read; None where the state has none."""
        return self.asyncapis.get("asyncapi")

    @cached_property
    def consumers(self) -> Documents[dict[str, Any]]:
        """What each service states of itself, by its name on the wire; no release freezes it."""
        prefix, suffix = "consumers/", ".json"
        paths = {
            path.removeprefix(prefix).removesuffix(suffix): path
            for path in self.files.names(prefix)
            if path.endswith(suffix) and path.count("/") == 1
        }
        return Documents(self.files, paths, self._json)

    @cached_property
    def _state(self) -> dict[str, str]:
        """Each subject's path."""
        if self.at != NEXT:
            return read_manifest(self.files).state(self.at)
        ending = f"/{NEXT}.json"
        return {path.removesuffix(ending): path for path in self.files.names() if path.endswith(ending)}

    def _documents[D](self, kind: str, load: Callable[[bytes, str], D]) -> Documents[D]:
        paths = {
            subject.removeprefix(f"{kind}/"): path
            for subject, path in self._state.items()
            if subject == kind or (subject.startswith(f"{kind}/") and subject.count("/") == 1)
        }
        return Documents(self.files, paths, load)

    def _json(self, text: bytes, path: str) -> dict[str, Any]:
        value = parse(text, source=self._source(path), remedy="Restore it from version control.")
        if not isinstance(value, dict):
            raise DocumentError(f"{self._source(path)} is not a JSON object.")
        return value

    def _source(self, path: str) -> str:
        return f"{path} of {self.label}"
