"""A finding: one change, whom it breaks, the proof, and the safe way to make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.judge import Comparison
from cartsnitch_contracts.inclusion import Verdict


class Order(StrEnum):
    """In which order the two ends can be deployed without losing an event."""

    ANY = "any"
    READERS_FIRST = "readers first"
    WRITERS_FIRST = "writers first"
    TOGETHER = "together"


@dataclass(frozen=True, eq=False)
class Finding:
    """One change of a channel's contract.

    Attributes:
        channel: the channel's name without `cartsnitch.`.
        rule: stable id, see `cartsnitch_contracts.diff.rules`.
        path: the place, with `EACH` for the items of a list.
        new_path: where a removed field seems to live on.
        summary: what changed, in a few words.
        forward: new writer against old readers.
        backward: old writer against new readers.
        publishers: services that send on the channel.
        old_readers: services that receive before the change; they stop when `forward` breaks.
        new_readers: services that receive after it; they stop when `backward` breaks.
        examples: per direction ("forward", "backward"), the accepted payloads of the reader, by name; a
            witness is shown as what differs from the nearest.
        steps: the safe way to make the change; empty when nothing stands against it.
    """

    channel: str
    rule: str
    path: places.Path
    new_path: places.Path | None
    summary: str
    forward: Comparison
    backward: Comparison
    publishers: tuple[str, ...]
    old_readers: tuple[str, ...]
    new_readers: tuple[str, ...]
    examples: Mapping[str, Mapping[str, Any]]
    steps: tuple[str, ...]

    @property
    def place(self) -> str:
        """The place as people write it: `payload.prices[].sale_price`."""
        return places.show(self.path)

    @property
    def new_place(self) -> str | None:
        """The place under its new name, where it seems to have one."""
        return None if self.new_path is None else places.show(self.new_path)

    @property
    def verdict(self) -> Verdict:
        """The worse of the two directions."""
        verdicts = (self.forward.verdict, self.backward.verdict)
        return next(
            (worst for worst in (Verdict.BREAKING, Verdict.UNPROVEN) if worst in verdicts), verdicts[0]
        )

    @property
    def stops(self) -> tuple[str, ...]:
        """The services that are proved to stop."""
        forward = self.old_readers if self.forward.verdict is Verdict.BREAKING else ()
        backward = self.new_readers if self.backward.verdict is Verdict.BREAKING else ()
        return tuple(dict.fromkeys((*forward, *backward)))

    @property
    def order(self) -> Order:
        """The order that is proved to be safe; `together` when none is."""
        if self.forward.verdict is Verdict.COMPATIBLE:
            return Order.ANY if self.backward.verdict is Verdict.COMPATIBLE else Order.WRITERS_FIRST
        return Order.READERS_FIRST if self.backward.verdict is Verdict.COMPATIBLE else Order.TOGETHER

    @property
    def rollback(self) -> str:
        """Who may go back once new events are under way."""
        return {
            Order.ANY: "safe",
            Order.READERS_FIRST: "readers cannot go back after the first new event",
            Order.WRITERS_FIRST: "writers cannot go back while new readers run",
            Order.TOGETHER: "unsafe after the first new event",
        }[self.order]
