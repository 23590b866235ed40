"""Whether an answer is one that the contract allows."""

import traceback
from pathlib import Path

import httpx

from cartsnitch_contracts import text
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.stubs.contract import Contract

REFUSALS = (401, 403)
MOST = 5


def misfits(
    response: httpx.Response, operation: Operation, contract: Contract, raised: Exception | None = None
) -> list[str]:
    """What is wrong with an answer, a line each: its status, its media type, its body."""
    status = str(response.status_code)
    if status not in operation.responses:
        known = ", ".join(operation.responses)
        found = [f"status {status} is not in the contract, which has {known}"]
        return found + ([_raised(raised)] if raised else [])
    sides = operation.responses[status]
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sides is None:
        return []
    if media_type != sides.media_type:
        return [f"media type {media_type or 'none'}, and the contract has {sides.media_type} for {status}"]
    try:
        body = text.loads(response.content)
    except (ValueError, RecursionError) as error:
        return [f"the body is not JSON: {error}"]
    found = [f"{problem.place}  {problem.message}" for problem in contract.wrong(sides, "writer", body)]
    if not found and response.is_error and body.get("status") != response.status_code:
        found = [f"status  is {body.get('status')} in the body and {status} on the wire"]
    return found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST} more"]


def _raised(error: Exception) -> str:
    """The exception, and the line of the service's own code that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    where = f" at {Path(own[-1].filename).name}:{own[-1].lineno}  {own[-1].line}" if own else ""
    return f"raised {type(error).__name__}: {error}{where}"
