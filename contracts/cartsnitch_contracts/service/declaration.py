"""A service's declaration: what it publishes, consumes, calls and serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cartsnitch_common.constants import EventType, Service
from cartsnitch_contracts.database.allowances import Allowance
from cartsnitch_contracts.service.lines import Lines

SUPPORTED: Final = 3
"""How many minor releases of the documents a handler takes unless the service says otherwise."""
TABLE: Final = ("tool", "cartsnitch")


@dataclass(frozen=True)
class Call:
    """One operation of another service that this one calls."""

    service: Service
    method: str
    path: str

    @property
    def operation(self) -> str:
        """As the other's document names it: `GET /sync/status`."""
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Database:
    """What a service says of its use of the database.

    Attributes:
        use: whether it uses it at all.
        allow: the exceptions from its grants.
    """

    use: bool = True
    allow: tuple[Allowance, ...] = ()


@dataclass(frozen=True)
class ServiceConfig:
    """What a service says of itself; every name in it is one that the documents know.

    Attributes:
        service: its name on the wire.
        path: the file that says so.
        publishes: the channels that it sends on.
        consumes: by channel, its handler: `module:name`.
        calls: the operations of others that it calls.
        app: its ASGI application, `module:name`; None where it serves nothing.
        database: whether it uses that, and what beyond its own tables.
        supported: how many minor releases of the documents its handlers take.
        name: of its distribution; empty where the project has none.
        version: its own; empty where the file does not tell.
        lines: finds the line of a setting.
    """

    service: Service
    path: Path
    publishes: tuple[EventType, ...] = ()
    consumes: Mapping[EventType, str] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    app: str | None = None
    database: Database = Database()
    supported: int = SUPPORTED
    name: str = ""
    version: str = ""
    lines: Lines = field(default_factory=lambda: Lines(""), repr=False, compare=False)

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.path.parent

    def line_of(self, *key: str) -> int:
        """The line of a setting of the table: `line_of("consumes", "cartsnitch.prices.updated")`."""
        return self.lines.of((*TABLE, *key))
