"""A request as a stub received it, what is wrong with it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts import text


@dataclass(frozen=True)
class Violation:
    """One thing that the contract does not allow a caller to send.

    Attributes:
        part: of the request: `path`, `query`, `header` or `body`.
        pointer: the place in that part, as a JSON Pointer.
        kind: a stable word: `missing`, `unknown`, or the keyword of JSON Schema that is not kept.
        detail: a line for people.
        refused: the status that the service answers with; None where today's service takes it all the same.
    """

    part: str
    pointer: str
    kind: str
    detail: str
    refused: int | None

    def __str__(self) -> str:
        return f"{self.part} {self.pointer}  {self.detail}" if self.pointer else f"{self.part}  {self.detail}"


@dataclass
class Received:
    """One request.

    Attributes:
        method: in capitals.
        path: decoded, without the query.
        query: every pair, in order.
        headers: by name in small letters.
        body: as it came.
        operation: `GET /purchases/{id}`; None where the service has no such operation.
        parameters: the values in the path, by name.
        violations: what the contract does not allow of it.
        outcome: what it was answered: a status (`200`), or `timeout`, `reset`, `refused`, `truncated`,
            `garbage`, `content type`.
        forgiven: whether the test meant what is wrong with it.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    operation: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    outcome: str = ""
    forgiven: bool = False

    @property
    def params(self) -> dict[str, str]:
        """The query by name; of a name that came twice the last value."""
        return dict(self.query)

    def json(self) -> Any:
        """The body as JSON says it; raises ValueError where it is none."""
        return text.loads(self.body)

    @property
    def is_wrong(self) -> bool:
        """Whether the contract does not allow it, and the test did not mean that."""
        return bool(self.violations) and not self.forgiven

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{'?' if query else ''}{query}"
