"""One operation of a service: what may be asked, with which parameters and body, and what is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cartsnitch_contracts.validation import Schema

ANYBODY = frozenset({frozenset[str]()})
"""The security of an operation that demands nothing."""


@dataclass(frozen=True)
class Sides:
    """Both sides of a body or a parameter, each a JSON Schema 2020-12 that stands alone.

    Attributes:
        writer: what is sent: by the caller in a request, by the service in a response.
        reader: what is accepted at the other end.
        media_type: of a body; empty for a parameter.
    """

    writer: Schema
    reader: Schema
    media_type: str = ""


@dataclass(frozen=True)
class Parameter:
    """A value beside the body.

    Attributes:
        name: as on the wire; a header's in small letters, because its case means nothing.
        location: `path`, `query`, `header` or `cookie`.
        required: whether every caller must give it.
        sides: what callers write, and what the service reads.
    """

    name: str
    location: str
    required: bool
    sides: Sides

    @property
    def schema(self) -> Schema:
        """What the service reads."""
        return self.sides.reader


@dataclass(frozen=True)
class Operation:
    """What a service does at one path for one method.

    Attributes:
        method: in capitals: `GET`.
        path: as it is written: `/purchases/{id}`.
        summary: one line for people; may be empty.
        parameters: sorted by location and name; those of the whole path are among them.
        request: the body that callers send; None for none.
        request_required: whether a call without a body is refused.
        responses: the bodies by status: `200`, `4XX`, `default`; None for one without JSON.
        security: alternatives of which a caller needs one, each with all that it demands, in words of the
            wire: `apiKey header x-service-key`. `ANYBODY` where nothing is demanded.
        callers: names on the wire of the services that call it; empty where the document does not say.
    """

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    request: Sides | None
    request_required: bool
    responses: Mapping[str, Sides | None]
    security: frozenset[frozenset[str]]
    callers: tuple[str, ...]

    @property
    def name(self) -> str:
        """The operation as people call it: `GET /purchases/{id}`."""
        return f"{self.method} {self.path}"

    @property
    def key(self) -> str:
        """What pairs it with its other versions: how a parameter in the path is called means nothing."""
        return re.sub(r"\{[^{}]*\}", "{}", self.name)
