"""One event: which versions take it, where it went wrong, who wrote it most likely, and who chokes on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts.diff.consumers import Consumer
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.library import channels, load_document, releases, versions
from cartsnitch_contracts.manifest import NEXT
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.validation import validator


@dataclass(frozen=True)
class Fit:
    """How an event fits a version of its channel.

    Attributes:
        version: a release in which the channel changed, or `next`.
        sent: what a writer of that version would not have done.
        accepted: what a reader of that version objects to.
    """

    version: str
    sent: tuple[Problem, ...]
    accepted: tuple[Problem, ...]


@dataclass(frozen=True)
class Reception:
    """What a subscriber makes of an event; `problem` is None where it takes it."""

    consumer: Consumer
    problem: Problem | None


@dataclass(frozen=True)
class Origin:
    """All that can be said of one event.

    Attributes:
        channel: its channel.
        service: who it says that it is from; empty where it does not.
        publishers: who may send on the channel.
        fits: how it fits each version, the oldest first.
        receptions: what each subscriber makes of it.
    """

    channel: str
    service: str
    publishers: tuple[str, ...]
    fits: tuple[Fit, ...]
    receptions: tuple[Reception, ...]

    @property
    def likeliest(self) -> tuple[Fit, ...]:
        """The versions whose writer it fits best."""
        fewest = min(len(fit.sent) for fit in self.fits)
        return tuple(fit for fit in self.fits if len(fit.sent) == fewest)

    @property
    def wrong(self) -> Problem | None:
        """The first thing wrong with it, to a reader of the newest version, or else by its writer's own."""
        newest = self.fits[-1]
        return next(iter((*newest.accepted, *self.likeliest[-1].sent)), None)

    @property
    def is_taken(self) -> bool:
        """Whether every subscriber takes it."""
        return all(reception.problem is None for reception in self.receptions)


def trace(event: Any, consumers: Mapping[str, Consumer]) -> Origin:
    """Find out about an event; `consumers` by name on the wire.

    Raises:
        DocumentError: it names no channel that there is.
    """
    named = event.get("event_type") if isinstance(event, dict) else None
    if named not in channels():
        says = f"event_type is {named!r}" if isinstance(event, dict) else "JSON is no object"
        known = ", ".join(channels())
        raise DocumentError(f"The event's {says}, which names no channel. There are: {known}.")
    document = load_document(named)
    fits = tuple(_fit(load_document(named, version), event) for version in versions(named))
    service = event.get("service")
    return Origin(
        channel=named,
        service=service if isinstance(service, str) else "",
        publishers=document.publishers,
        fits=fits,
        receptions=tuple(_received(event, document, each) for each in _subscribed(document, consumers)),
    )


def _fit(document: Document, event: Any) -> Fit:
    sent, accepted = (problems(document.validator(side), event) for side in ("writer", "reader"))
    return Fit(document.version, tuple(sent), tuple(accepted))


def _subscribed(document: Document, consumers: Mapping[str, Consumer]) -> list[Consumer]:
    listed = document.subscribers
    return [
        each for name, each in consumers.items() if each.decoder(document.name, subscribed=name in listed)
    ]


def _received(event: Any, document: Document, consumer: Consumer) -> Reception:
    decoder = consumer.decoder(document.name, subscribed=True)
    if decoder is not None and decoder.schema is not None:
        reading = validator(decoder.schema, source=f"{consumer.service}'s model of {document.name}")
    else:
        pinned = consumer.pins if consumer.pins in releases() else NEXT
        reading = load_document(document.name, pinned or NEXT).validator("reader")
    return Reception(consumer, next(iter(problems(reading, event)), None))
