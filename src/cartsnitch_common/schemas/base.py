"""The two sides of a contract: a writer is strict, a reader is tolerant."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cartsnitch_common.schemas.fields import UtcDateTime

WRITING: Final = {"cartsnitch_writing": True}
"""The validation context of a writer: with it, an enum value that is not known is refused everywhere."""


class RequestBody(BaseModel):
    """What a caller sends: unknown fields and unknown enum values are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Reader(BaseModel):
    """What is read from an event, a response or a row: unknown fields are ignored.

    An older service so outlives a newer one that sends more.
    """

    model_config = ConfigDict(extra="ignore", from_attributes=True, hide_input_in_errors=True)


class RowRead(Reader):
    """What every stored row has."""

    id: UUID
    created_at: UtcDateTime
    updated_at: UtcDateTime
