"""What was read of what, and where: the notes that a recording takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from cartsnitch_contracts.diff.consumers import Read
from cartsnitch_contracts.places import Path, show
from cartsnitch_contracts.service.recording.code import ServiceCode

type Kind = Literal["consumes", "calls"]


@dataclass(frozen=True, order=True)
class Subject:
    """What is read: the events of a channel, or the answers of another service's operation.

    Attributes:
        kind: which of the two.
        name: the channel by short name, `prices.updated`; or the operation, `GET /prices`.
        service: who serves the operation; "" for a channel.
    """

    kind: Kind
    name: str
    service: str = ""


@dataclass
class _Entry:
    whole: bool = False
    at: set[str] = field(default_factory=set)


class Notes:
    """Collects reads from any thread. Reads by tests, rather than by the service's code, are not its affair.

    Attributes:
        code: tells the service's code from other code.
    """

    def __init__(self, code: ServiceCode) -> None:
        self.code = code
        self._parsed: dict[Subject, list[Mapping[str, Any]]] = defaultdict(list)
        self._entries: dict[Subject, dict[Path, _Entry]] = defaultdict(lambda: defaultdict(_Entry))
        self._lock = Lock()

    def met(self, subject: Subject) -> None:
        """A message of this subject came; nothing of it is read so far."""
        with self._lock:
            self._entries[subject]

    def read(self, subject: Subject, path: Path, *, whole: bool = False) -> bool:
        """Note that the code which runs now reads this place; False where a test does, and nothing is noted.

        What a test's double reads that the service called tells nothing of what the real one reads: all that
        lies around the place counts.

        Args:
            subject: what is read.
            path: the place; () for the whole message.
            whole: whether everything within the place counts as read. What is read of a place that only leads
                on to others is told by these.
        """
        reader = self.code.reader(subject)
        if reader is None:
            reader = self.code.behind()
            if reader is None:
                return False
            path, whole = path[:-1], True
        self.read_by(reader, subject, path, whole=whole)
        return True

    def read_by(self, reader: str, subject: Subject, path: Path, *, whole: bool = False) -> None:
        """Note that a line of the service reads this place; `reader` is "" where nobody can tell which."""
        with self._lock:
            entry = self._entries[subject][path]
            entry.whole = entry.whole or whole
            if reader:
                entry.at.add(reader)

    def unseen(self, subject: Subject) -> None:
        """Some of it was read where nobody could see it: everything of it counts as read."""
        with self._lock:
            self._entries[subject][()].whole = True

    def parsed(self, subject: Subject, schema: Mapping[str, Any]) -> None:
        """Answers, or events, were parsed with a model of the service's own, by its JSON Schema.

        A statement has room for one. Where there are more, everything counts as read.
        """
        with self._lock:
            schemas = self._parsed[subject]
            if schema not in schemas:
                schemas.append(schema)
            if len(schemas) > 1:
                self._entries[subject][()].whole = True

    @property
    def own(self) -> dict[Subject, Mapping[str, Any]]:
        """Of what was parsed with one model of the service's own, its JSON Schema."""
        with self._lock:
            return {subject: schemas[0] for subject, schemas in self._parsed.items() if len(schemas) == 1}

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Everything of which a message came, sorted."""
        with self._lock:
            return tuple(sorted(self._entries))

    def reads(self, subject: Subject) -> tuple[Read, ...]:
        """The places that were read, sorted, each with the first line that reads it.

        A place stands for everything within it. One that only led on to others is left out.
        """
        with self._lock:
            entries = {path: (each.whole, first(each.at)) for path, each in self._entries[subject].items()}
        kept = [
            (show(path), at)
            for path, (whole, at) in entries.items()
            if not any(entries[path[:length]][0] for length in range(len(path)) if path[:length] in entries)
            and (whole or not any(_within(other, path) for other in entries))
        ]
        return tuple(Read(place, at) for place, at in sorted(kept))

    def dump(self) -> list[Any]:
        """The notes as plain data, for another process to `load`."""
        with self._lock:
            met = [(each.kind, each.name, each.service) for each in self._entries]
            entries = [
                (subject.kind, subject.name, subject.service, path, each.whole, sorted(each.at))
                for subject, entries in self._entries.items()
                for path, each in entries.items()
            ]
        return [
            *met,
            *entries,
            *(
                (each.kind, each.name, each.service, schema)
                for each, schemas in self._parsed.items()
                for schema in schemas
            ),
        ]

    def load(self, dumped: Iterable[Any]) -> None:
        """Add what another process noted."""
        for kind, name, service, *rest in dumped:
            subject = Subject(kind, name, service)
            self.met(subject)
            if len(rest) == 1:
                self.parsed(subject, rest[0])
            elif rest:
                path, whole, at = rest
                entry = self._entries[subject][tuple(path)]
                entry.whole = entry.whole or whole
                entry.at.update(at)


def _within(path: Path, place: Path) -> bool:
    return len(path) > len(place) and path[: len(place)] == place


def first(at: set[str]) -> str | None:
    """The first by file, then by line."""

    def key(place: str) -> tuple[str, int]:
        file, _, line = place.rpartition(":")
        return file, int(line)

    return min(at, key=key, default=None)
