"""How a handler that does not take an event is reported."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cartsnitch_contracts.document import Document
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.service.consumes.changes import ABSENT, Change, shown
from cartsnitch_contracts.service.consumes.delivery import Failure
from cartsnitch_contracts.service.consumes.handler import Handler
from cartsnitch_contracts.service.consumes.smallest import Smallest
from cartsnitch_contracts.service.promise import publishers
from cartsnitch_contracts.validation import brief

_TAKES_NONE: Final = "the handler takes no event at all: correct the line above"


def report(
    found: Smallest,
    handler: Handler,
    documents: Sequence[Document],
    folder: Path,
    *,
    kept: str = "",
    world: str = "",
) -> str:
    """The report of an event that the handler did not take.

    `documents` are the supported ones, oldest first; `kept` is the file that has the event now, and `world`
    says what there was where it was not the rows that the event refers to.
    """
    failure, change = found.failure, found.made[0] if len(found.made) == 1 else None
    document = documents[0]
    refused = failure.refused
    takes_none = found.takes_none and not refused and not world  # of that world alone nothing else is known
    allowed = f"allowed  {_allowed(change, failure, handler, documents)}"
    show = f"`cartsnitch contracts show {document.name}{_field(change)}`"
    head = "refused" if refused else "raised on"
    whose = f"its reader {handler.reader.__name__} demands more than the contract gives"
    lines = [
        f"{handler.place} {head} an event the contract allows.",
        f'smallest event (example "{found.example}", {_counted(found.made)}):',
        *(f"    {each}" for each in found.made),
        f"at       {whose if refused else failure.at(folder)}",
        f"raised   {type(failure.error).__name__}: {_one_line(failure.error)}",
        *([] if takes_none else [allowed]),
        f"world    {world or _world(failure)}",
        f"fix      {_TAKES_NONE if takes_none else f'{_fix(change, refused)}; {show}'}{_hint(failure)}",
    ]
    return "\n".join([*lines, f"kept as  {kept}"] if kept else lines)


def describe(failure: Failure, folder: Path) -> str:
    """A failure in two lines, where there is no more to tell: where and what was raised."""
    where = "its reader" if failure.refused else failure.at(folder)
    return f"at       {where}\nraised   {type(failure.error).__name__}: {_one_line(failure.error)}"


def _counted(made: Sequence[Change]) -> str:
    words = {0: "as it is", 1: "one change"}
    return words.get(len(made), f"{len(made)} changes")


def _one_line(error: BaseException) -> str:
    return brief(" ".join(str(error).split()))


def _allowed(change: Change | None, failure: Failure, handler: Handler, documents: Sequence[Document]) -> str:
    accepting = [each for each in documents if each.validator("writer").is_valid(failure.event)]
    sender = publishers(handler.channel)
    if not accepting:
        return "every reader takes it, though no writer of these versions sends it"
    since = "in next, not released yet" if accepting[0].version == NEXT else f"since {accepting[0].version}"
    if change is None:
        return f"{accepting[0].name} allows it {since}; {sender} may send it"
    if change.new is ABSENT:
        return f"{change.field} may be absent {since}; {sender} may leave it out"
    if change.new is None:
        return f"{change.field} is nullable {since}; {sender} may send null"
    return f"{change.field} may be {shown(change.new)} {since}; {sender} may send it"


def _world(failure: Failure) -> str:
    if not failure.world:
        return "database clean; the event refers to no row"
    return f"what it refers to existed ({', '.join(failure.world)}); database clean otherwise"


def _fix(change: Change | None, refused: bool) -> str:
    if refused:
        return "let the model of the handler take it"
    if change is None:
        return "decide what the handler does with it"
    if change.new is None or change.new is ABSENT:
        return f'decide what "no {change.field}" means here'
    return f"decide what the handler does with such a {change.field}"


def _hint(failure: Failure) -> str:
    no_json = isinstance(failure.error, TypeError) and "is not JSON serializable" in str(failure.error)
    return '; model_dump(mode="json") gives what JSON has' if no_json else ""


def _field(change: Change | None) -> str:
    return f" {change.field}" if change and change.field != "event" else ""
