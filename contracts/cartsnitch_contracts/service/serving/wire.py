"""A request and a response as they travel over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PLACE = "http://localhost:8000"
"""Where a service listens that is started by hand."""


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: in capitals.
        target: path and query, as they are encoded.
        headers: by name.
        body: its bytes; None for no body.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def text(self) -> str:
        """The body for people."""
        return (self.body or b"").decode("utf-8", "replace")


@dataclass(frozen=True)
class Response:
    """One response, whole."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """Without its parameters, in small letters; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_success(self) -> bool:
        """Whether the status says so."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body for people."""
        return self.body.decode("utf-8", "replace")
