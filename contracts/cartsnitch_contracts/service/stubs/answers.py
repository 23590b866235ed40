"""What a stub answers: a response, or a way to fail to give one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from cartsnitch_common.schemas.rest import PROBLEM_JSON, InvalidField, ProblemDetails
from cartsnitch_contracts.service.stubs.received import Received


class Fault(StrEnum):
    """How a connection ends without a whole response."""

    TRUNCATED = "truncated"
    """Half of the body comes, and then the connection is closed."""
    TIMEOUT = "timeout"
    """Nothing comes until the caller gives up."""
    RESET = "reset"
    """The connection is torn down before anything came."""
    REFUSED = "refused"
    """Nobody listens."""


@dataclass(frozen=True)
class Answer:
    """One response.

    Attributes:
        status: of HTTP.
        body: its bytes.
        media_type: the header Content-Type; anything at all where a test wants it so.
        headers: further headers.
        delay: seconds before it is sent.
        fault: how it fails to arrive; None for a response that does.
        label: what it is called among the outcomes, where its status does not say it.
    """

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    fault: Fault | None = None
    label: str = ""

    @property
    def outcome(self) -> str:
        """In one word: `200`, `timeout`, `garbage`."""
        return self.label or str(self.fault or self.status)  # plain text, which may travel to other processes

    @property
    def sent_headers(self) -> list[tuple[str, str]]:
        """All headers, with the length of the whole body."""
        return [
            ("content-type", self.media_type),
            ("content-length", str(len(self.body))),
            *self.headers.items(),
        ]

    @property
    def first_half(self) -> bytes:
        """What arrives of a body that is truncated."""
        return self.body[: len(self.body) // 2]


def as_json(payload: Any, status: int, media_type: str = "application/json") -> Answer:
    """A payload as a response."""
    return Answer(status, json.dumps(payload, ensure_ascii=False).encode(), media_type)


def problem(status: int, detail: str, received: Received) -> Answer:
    """An error, with the problem details that the contract demands."""
    errors = [
        InvalidField(part=each.part, pointer=each.pointer, kind=each.kind, detail=each.detail)
        for each in received.violations
        if status == 422
    ]
    phrase = "Unprocessable Content" if status == 422 else HTTPStatus(status).phrase  # as RFC 9110 has it
    details = ProblemDetails(
        title=phrase, status=status, detail=detail, instance=received.path, errors=errors
    )
    return Answer(status, details.model_dump_json().encode(), PROBLEM_JSON)
