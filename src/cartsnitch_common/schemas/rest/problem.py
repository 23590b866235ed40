"""The one error body of all services: problem details after RFC 9457."""

from collections.abc import Iterable, Mapping
from operator import not_
from typing import Annotated, Any, Final

from pydantic import Field

from cartsnitch_common.schemas.base import Reader

PROBLEM_JSON: Final = "application/problem+json"
"""The media type of `ProblemDetails`."""
_PARTS: Final = ("body", "query", "path", "header", "cookie")


class InvalidField(Reader):
    """One thing that is wrong with a request.

    `part` is the request's part (body, query, path, header or cookie), `pointer` the place in it as a JSON
    Pointer (RFC 6901), `kind` a stable word for what is wrong, `detail` a line for people.
    """

    part: str
    pointer: Annotated[str, Field(pattern=r"^(/([^~/]|~[01])*)*$")]
    kind: str
    detail: str


class ProblemDetails(Reader):
    """Why a request was not served. What is not known is left out, never null.

    `type` is a URI that names the kind of problem; about:blank says no more than the status, and `title` is
    then the status's own phrase. `errors` is this platform's extension, sent with status 422: everything that
    is wrong with the request.
    """

    type: Annotated[str, Field(min_length=1, max_length=500)] = "about:blank"
    title: Annotated[str, Field(min_length=1, max_length=200)]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str | None, Field(exclude_if=not_)] = None
    instance: Annotated[str | None, Field(exclude_if=not_)] = None
    errors: Annotated[list[InvalidField], Field(default_factory=list, exclude_if=not_)]

    @classmethod
    def of_validation(
        cls, errors: Iterable[Mapping[str, Any]], *, instance: str | None = None
    ) -> "ProblemDetails":
        """The body of a 422, from the `errors()` of Pydantic's ValidationError or of FastAPI's.

        A location that does not begin with a part of the request lies in its body.
        """
        found = [_invalid(error) for error in errors]
        return cls(
            title="Unprocessable Content",
            status=422,
            detail=f"{len(found)} value{'' if len(found) == 1 else 's'} to correct, see errors.",
            instance=instance,
            errors=found,
        )


def _invalid(error: Mapping[str, Any]) -> InvalidField:
    part, *steps = error["loc"] or ("body",)
    if part not in _PARTS:
        part, steps = "body", [part, *steps]
    if error["type"] == "json_invalid":  # FastAPI gives the character's number where a field would stand
        steps = []
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return InvalidField(
        part=part, pointer="".join(f"/{step}" for step in escaped), kind=error["type"], detail=error["msg"]
    )
