"""What a handler is held to; each check is a plain function that raises BrokenPromise with its report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from cartsnitch_contracts.document import Document, Event
from cartsnitch_contracts.service.consumes.delivery import Delivery, Failure, as_bytes
from cartsnitch_contracts.service.consumes.generate import events, simplest_first
from cartsnitch_contracts.service.consumes.handler import Handler
from cartsnitch_contracts.service.consumes.redelivery import State, differences
from cartsnitch_contracts.service.consumes.regressions import Regression, keep
from cartsnitch_contracts.service.consumes.report import describe, report
from cartsnitch_contracts.service.consumes.search import Search, find_failure
from cartsnitch_contracts.service.consumes.smallest import Smallest, smallest
from cartsnitch_contracts.service.consumes.unknown import with_unknown_fields, with_unknown_values
from cartsnitch_contracts.service.promise import BrokenPromise, Untested
from cartsnitch_contracts.validation import brief

RUBBISH: Final = (b"", b"rubbish", b"\xff\xfe", b"null", b"[" * 2_000, b'{"event_type": NaN}')
_NO_ROWS: Final = "no row that it refers to is there; database clean"


@dataclass(frozen=True, eq=False)
class Judge:
    """Tells how a handler fails.

    Attributes:
        handler: the handler.
        documents: the supported ones, oldest first.
        folder: the project's.
        promise: the promise's name.
    """

    handler: Handler
    documents: Sequence[Document]
    folder: Path
    promise: str

    def condemn(
        self,
        failure: Failure,
        document: Document,
        attempt: Callable[[Event], Failure | None],
        allowed: Callable[[Event], bool],
        world: str = "",
    ) -> BrokenPromise:
        """The broken promise, told by the smallest event that breaks it, which is kept."""
        found = smallest(failure, document, attempt, allowed)
        kept = self._keep(found) if found.made else ""  # examples are tried anyway
        told = report(found, self.handler, self.documents, self.folder, kept=kept, world=world)
        broken = BrokenPromise(told)
        broken.__cause__ = found.failure.error
        return broken

    def _keep(self, found: Smallest) -> str:
        error, event = found.failure.error, found.failure.event
        raised = f"{type(error).__name__}: {brief(str(error))}"
        file = keep(self.folder, self.handler.channel, event, promise=self.promise, raised=raised)
        return file.relative_to(self.folder).as_posix()


def check_accepts(judge: Judge, document: Document, delivery: Delivery, search: Search) -> None:
    """The handler takes each example of the document, and events that are made from it."""
    allowed = document.validator("writer").is_valid
    tried = (delivery.attempt(example) for _, example in simplest_first(document))
    failure = next(filter(None, tried), None) or find_failure(events(document), delivery.attempt, search)
    if failure:
        raise judge.condemn(failure, document, delivery.attempt, allowed)


def check_unknown_fields(judge: Judge, document: Document, delivery: Delivery) -> None:
    """The handler takes events of a newer writer, with fields that it does not know."""
    _check_tolerates(judge, document, delivery, with_unknown_fields)


def check_unknown_values(judge: Judge, document: Document, delivery: Delivery) -> None:
    """The handler takes events of a newer writer, with values that it does not know."""
    _check_tolerates(judge, document, delivery, with_unknown_values)


def check_unknown_rows(judge: Judge, document: Document, delivery: Delivery) -> None:
    """The handler takes events that refer to rows which are not there, or not yet."""
    attempt = partial(delivery.attempt, rows=False)
    for _, event in _taken(document, delivery):
        if failure := attempt(event):
            raise judge.condemn(failure, document, attempt, document.validator("writer").is_valid, _NO_ROWS)


def check_redelivery(judge: Judge, document: Document, delivery: Delivery) -> None:
    """After two deliveries of an event there are the rows, keys of Redis and sent events of after one."""
    for name, event in _taken(document, delivery):
        once = State.of(delivery.surroundings)
        failure = delivery.deliver(event)
        told = [describe(failure, judge.folder)] if failure else []
        told += differences(once, State.of(delivery.surroundings))
        if told:
            lines = "\n".join(told)
            raise BrokenPromise(
                f"{judge.handler.place} does not take an event twice as it takes it once.\n"
                f'event    example "{name}" of {document.name} {document.version}, delivered twice\n'
                f"{lines}\n"
                "allowed  Redis and its clients may deliver an event again\n"
                "fix      recognise what was seen before: event.payload.idempotency_keys"
            )


def check_survives(judge: Judge, document: Document, delivery: Delivery) -> None:
    """Messages that break the contract do not end a subscriber: it takes the next one that keeps it."""
    name, event = simplest_first(document)[0]
    bad = [*RUBBISH, *(as_bytes(each.event) for each in document.rejected)]
    delivery.surroundings.reset()
    delivery.surroundings.arrange(event)
    messages = [*bad, as_bytes(event)]
    handler = judge.handler
    try:
        taken = delivery.surroundings.subscribe(
            handler.function, handler.channel, messages, delivery.arguments
        )
    except (Exception, SystemExit) as error:
        told = describe(Failure(event, error), judge.folder)
    else:
        if taken == len(messages):
            return
        told = f"took     {taken} of {len(messages)} messages"
    raise BrokenPromise(
        f"A subscriber with {handler.place} did not live through invalid messages.\n{told}\n"
        f'sent     {len(bad)} messages that break the contract, then example "{name}"\n'
        "fix      let the handler raise nothing but exceptions, and return"
    )


def check_regression(judge: Judge, regression: Regression, delivery: Delivery) -> None:
    """The handler takes an event that it once did not, in the world in which it did not."""
    document = judge.documents[-1]
    readers = [each.validator("reader") for each in judge.documents]
    file = regression.path.relative_to(judge.folder).as_posix()
    if not any(reader.is_valid(regression.event) for reader in readers):
        raise BrokenPromise(
            f"{file} holds an event that no supported version of {document.name} allows any more.\n"
            "fix      delete the file"
        )
    attempt = partial(delivery.attempt, rows=regression.rows)
    world = "" if regression.rows else _NO_ROWS
    if failure := attempt(regression.event):
        found = smallest(failure, document, attempt, document.validator("reader").is_valid)
        told = report(found, judge.handler, judge.documents, judge.folder, kept=file, world=world)
        raise BrokenPromise(told)


def _check_tolerates(
    judge: Judge,
    document: Document,
    delivery: Delivery,
    variants: Callable[[Document, Event], Iterator[Event]],
) -> None:
    for _, example in _taken(document, delivery):
        for event in variants(document, example):
            if failure := delivery.attempt(event):
                raise judge.condemn(
                    failure, document, delivery.attempt, document.validator("reader").is_valid
                )


def _taken(document: Document, delivery: Delivery) -> Iterator[tuple[str, Event]]:
    """The examples that the handler takes, each delivered just now; of the others another check tells."""
    none = True
    for name, example in simplest_first(document):
        if delivery.attempt(example) is None:
            none = False
            yield name, example
    if none:
        raise Untested("the handler takes no example, so there is none to vary")
