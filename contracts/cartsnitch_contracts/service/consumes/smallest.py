"""The smallest event that a handler does not take, told as changes to an example."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cartsnitch_contracts.document import Document, Event
from cartsnitch_contracts.service.consumes.changes import Change, changes
from cartsnitch_contracts.service.consumes.delivery import Failure
from cartsnitch_contracts.service.consumes.generate import simplest_first

type Attempt = Callable[[Event], Failure | None]


@dataclass(frozen=True, eq=False)
class Smallest:
    """A failure that is as near to an example as it was found.

    Attributes:
        failure: of the event.
        example: the example's name.
        made: what makes the event of it; none where the example itself fails.
        takes_none: whether no example is taken at all.
    """

    failure: Failure
    example: str
    made: Sequence[Change]
    takes_none: bool = False


def smallest(
    failure: Failure, document: Document, attempt: Attempt, allowed: Callable[[Event], bool]
) -> Smallest:
    """One change to an example that the handler takes, where that fails in the same way; else the fewest.

    `allowed` tells whether an event may be tried.
    """
    examples = simplest_first(document)
    taken = [
        (name, example) for name, example in examples if example != failure.event and not attempt(example)
    ]
    for name, example in taken:
        for change in changes(example, failure.event):
            tried = _try(change, example, attempt, allowed)
            if tried and tried.like(failure):
                return Smallest(tried, name, [change])
    for name, example in examples:
        if example == failure.event:
            return Smallest(failure, name, [], takes_none=not taken)
    name, example = min(examples, key=lambda named: len(changes(named[1], failure.event)))
    for change in changes(example, failure.event):
        reverted = change.revert(failure.event) if _reverts(change, failure.event) else failure.event
        tried = attempt(reverted) if reverted != failure.event and allowed(reverted) else None
        if tried and tried.like(failure):
            failure = tried
    return Smallest(failure, name, changes(example, failure.event))


def _try(
    change: Change, example: Event, attempt: Attempt, allowed: Callable[[Event], bool]
) -> Failure | None:
    try:
        event = change.apply(example)
    except (LookupError, TypeError):  # it goes with another change alone
        return None
    return attempt(event) if allowed(event) else None


def _reverts(change: Change, event: Event) -> bool:
    try:
        change.revert(event)
    except (LookupError, TypeError):
        return False
    return True
