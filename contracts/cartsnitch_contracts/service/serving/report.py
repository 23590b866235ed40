"""How an answer that the contract does not allow is told."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from cartsnitch_common.schemas.rest import SERVICE_KEY
from cartsnitch_contracts.rest import Operation, RestDocument
from cartsnitch_contracts.service.serving.wire import PLACE, Request, Response
from cartsnitch_contracts.topology import title
from cartsnitch_contracts.validation import brief


@dataclass(frozen=True)
class Misfit:
    """An answer that the contract does not allow.

    Attributes:
        request: the smallest one that was found.
        why: what it shows, in a few words.
        world: what the database held.
        response: the answer.
        wrong: what is wrong with it, a line each.
        fix: what to do.
    """

    request: Request
    why: str
    world: str
    response: Response
    wrong: Sequence[str]
    fix: str


def told(app: str, document: RestDocument, operation: Operation, misfit: Misfit) -> str:
    """The request, the answer, what is wrong with it, whom it hits, and how to see it again."""
    request, response = misfit.request, misfit.response
    callers = ", ".join(title(caller) for caller in operation.callers) or "nobody in particular"
    return "\n".join(
        (
            f"{app} answered {operation.name} as its contract does not allow.",
            f"smallest request ({misfit.why}):",
            f"    {request.method} {request.target}",
            *([f"    {brief(request.text)}"] if request.body else ()),
            f"answer    {response.status} {response.media_type}".rstrip(),
            *(f"    {line}" for line in misfit.wrong),
            *([f"body      {brief(response.text)}"] if response.body else ()),
            f"contract  documents/rest/{document.service}/{document.version}.json; called by {callers}",
            f"world     {misfit.world}",
            f"again     {curl(request)}",
            "fix       " + misfit.fix.replace("\n", "\n" + " " * 8),
        )
    )


def curl(request: Request) -> str:
    """The request as a line for a shell, to a service that listens on port 8000."""
    words = ["curl", "-i"]
    if request.method != "GET":
        words += ["-X", request.method]
    for name in (SERVICE_KEY, "Content-Type"):
        if name in request.headers:
            words += ["-H", f"{name}: {request.headers[name]}"]
    if request.body:
        words += ["--data-binary", request.text]
    return shlex.join([*words, PLACE + request.target])
