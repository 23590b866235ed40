"""What the API serves to the other services: a place to count errors."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cartsnitch_common.constants import Service
from cartsnitch_common.schemas.base import Reader, RequestBody
from cartsnitch_common.schemas.fields import Text200, Text1000, UtcDateTime


class ErrorCount(RequestBody):
    """How often one error happened; `sample` is one message without secrets or anybody's data."""

    error_type: Text200
    operation: Text200 | None = None
    count: Annotated[int, Field(ge=1)]
    last_seen: UtcDateTime | None = None
    sample: Text1000 | None = None


class ErrorStats(RequestBody):
    """A service's errors from `period_start` until before `period_end`.

    A report that is sent again keeps its `report_id` and counts once.
    """

    report_id: UUID
    service: Service
    period_start: UtcDateTime
    period_end: UtcDateTime
    errors: Annotated[list[ErrorCount], Field(max_length=1000)]


class ErrorStatsTaken(Reader):
    """How many kinds of error were noted; none of a report that had arrived before."""

    report_id: UUID
    noted: Annotated[int, Field(ge=0)]
    duplicate: bool
