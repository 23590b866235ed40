"""Whether an answer is one that the contract allows."""

import traceback
from pathlib import Path

from cartsnitch_contracts import text
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.serving.wire import Response
from cartsnitch_contracts.service.stubs.contract import Contract

REFUSALS = (401, 403)
"""What to answer to who sends no key; every operation has a body for the first, and that goes for both."""
MOST = 5


def misfits(
    response: Response,
    operation: Operation,
    contract: Contract,
    raised: Exception | None = None,
    *,
    like: str = "",
) -> list[str]:
    """What is wrong with an answer, a line each: its status, its media type, its body.

    `like` is the status whose media type and body are due, where that is not the answer's own.
    """
    status = like or str(response.status)
    if status not in operation.responses:
        known = ", ".join(operation.responses)
        found = [f"status {status} is not in the contract, which has {known}"]
        return found + ([_raised(raised)] if raised else [])
    sides = operation.responses[status]
    if sides is None:
        return []
    if response.media_type != sides.media_type:
        found_type = response.media_type or "none"
        return [f"media type {found_type}, and the contract has {sides.media_type} for {status}"]
    try:
        body = text.loads(response.body)
    except (ValueError, RecursionError) as error:
        return [f"the body is not JSON: {error}"]
    found = [f"{problem.place}  {problem.message}" for problem in contract.wrong(sides, "writer", body)]
    if not found and response.status >= 400 and (said := body.get("status")) != response.status:
        found = [f"status  is {said} in the body and {response.status} on the wire"]
    return found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST} more"]


def _raised(error: Exception) -> str:
    """The exception, and the line of the service's own code that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    where = f" at {Path(own[-1].filename).name}:{own[-1].lineno}  {own[-1].line}" if own else ""
    return f"raised {type(error).__name__}: {error}{where}"
