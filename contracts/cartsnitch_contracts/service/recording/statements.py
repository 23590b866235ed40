"""Tables and columns that the service's SQL uses, told from the statements that it sends."""

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

from cartsnitch_common.models import Base
from cartsnitch_contracts.diff.consumers import Read
from cartsnitch_contracts.service.recording.code import ServiceCode
from cartsnitch_contracts.service.recording.notes import first
from cartsnitch_contracts.service.recording.sqltext import Reading

_DRIVERS: Final = (
    ("psycopg", "Cursor", ("execute", "executemany", "copy", "stream")),
    ("psycopg", "ServerCursor", ("execute",)),
    ("psycopg", "AsyncCursor", ("execute", "executemany", "copy", "stream")),
    ("psycopg", "AsyncServerCursor", ("execute",)),
    ("asyncpg", "Connection", ("execute", "_get_statement", "_copy_out", "_copy_in")),
)
"""Where statements pass that go to a driver without SQLAlchemy."""


class Statements:
    """The tables and columns that the service's statements use. Those of its tests do not count.

    Attributes:
        unknown: the lines that send statements of which nobody can tell what they read.
    """

    def __init__(self, code: ServiceCode) -> None:
        self._code = code
        tables = Base.metadata.tables.values()
        self._reading = Reading({str(each.name): tuple(map(str, each.columns.keys())) for each in tables})
        self._reads: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._writes: set[str] = set()
        self.unknown: set[str] = set()
        self._lock = Lock()

    def sent(self, text: str) -> None:
        """Whoever runs now sends this statement."""
        reader = self._code.reader()
        if reader is None:
            return
        uses = self._reading.uses(text)
        with self._lock:
            for table, columns in uses.reads.items():
                self._reads[table]  # read, if only for how many rows there are
                for column in columns:
                    at = self._reads[table][column]
                    if reader:
                        at.add(reader)
            self._writes |= uses.writes
            if uses.unknown:
                self.unknown.add(reader)

    @property
    def reads(self) -> tuple[str, ...] | None:
        """The tables that were read; None where that cannot be told."""
        return None if self.unknown else tuple(sorted(self._reads))

    @property
    def writes(self) -> tuple[str, ...]:
        """The tables that were written."""
        return tuple(sorted(self._writes))

    @property
    def columns(self) -> dict[str, tuple[Read, ...]]:
        """The columns that were read, by table, each with the first line that reads it."""
        return {
            table: tuple(Read(column, first(at)) for column, at in sorted(self._reads[table].items()))
            for table in sorted(self._reads)
        }

    def dump(self) -> dict[str, Any]:
        """Everything as plain data."""
        with self._lock:
            reads = {
                table: {column: sorted(at) for column, at in columns.items()}
                for table, columns in self._reads.items()
            }
            return {"reads": reads, "writes": sorted(self._writes), "unknown": sorted(self.unknown)}

    def load(self, dumped: dict[str, Any]) -> None:
        """Add what another process saw."""
        for table, columns in dumped["reads"].items():
            self._reads[table]
            for column, at in columns.items():
                self._reads[table][column].update(at)
        self._writes.update(dumped["writes"])
        self.unknown.update(dumped["unknown"])


@contextmanager
def statements_seen(statements: Statements) -> Iterator[None]:
    """Have every statement told while the block runs: of SQLAlchemy, psycopg and asyncpg."""

    def before(*arguments: Any) -> None:
        statements.sent(arguments[2])

    kept = [
        (owner, name, vars(owner)[name])
        for module, cls, names in _DRIVERS
        if importlib.util.find_spec(module) is not None
        for owner in [getattr(importlib.import_module(module), cls)]
        for name in names
    ]
    event.listen(Engine, "before_cursor_execute", before)
    for owner, name, method in kept:
        setattr(owner, name, _told(method, statements.sent))
    try:
        yield
    finally:
        for owner, name, method in kept:
            setattr(owner, name, method)
        event.remove(Engine, "before_cursor_execute", before)


def _told(method: Callable[..., Any], sent: Callable[[str], None]) -> Callable[..., Any]:
    @wraps(method)
    def told(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        sent(_text(query, self))
        return method(self, query, *arguments, **named)

    return told


def _text(query: Any, cursor: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else str(query.as_string(cursor))
