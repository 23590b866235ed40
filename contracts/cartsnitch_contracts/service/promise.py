"""One thing that a service promises, which a plain function checks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cartsnitch_common.constants import EventType
from cartsnitch_contracts.topology import ROUTES, title

type Kind = Literal["publishes", "consumes", "serves", "calls", "database"]
type Fixtures = Mapping[str, str]
"""The fixtures that there are for promises, by name, each with the module that defines it."""
__all__ = ["BrokenPromise", "Fixtures", "Promise", "Untested"]

NOBODY = "-"
"""The counterpart of a promise that is given to nobody in particular."""


class BrokenPromise(AssertionError):  # noqa: N818 - what it is called in reports
    """The service does not do what it promises; the message is the whole report."""


class Untested(Exception):  # noqa: N818 - no error: nothing was found out
    """Whether the promise is kept cannot be told in this run; the message says why."""


def _kept(fixtures: Fixtures) -> None:
    """Nothing else is promised."""


@dataclass(frozen=True)
class Promise:
    """A promise of one service.

    Attributes:
        kind: what is promised.
        name: tells it from the others of its kind: "cartsnitch.prices.updated-accepts-0.4.0".
        counterpart: to whom, as people write it: "ReceiptWitness"; `NOBODY` where it is to nobody.
        subject: its row in the summary: "prices.updated", "GET /sync/status", "grants".
        check: raises BrokenPromise, or Untested; its parameters are names of pytest fixtures.
        needs: capabilities of Postgres, as for `needs_postgres`, without which it cannot be told.
        instead: what is promised instead, once for all of the same name, where fixtures are not fit for it.
        last: whether it is about what other tests did, so that they come first.
    """

    kind: Kind
    name: str
    counterpart: str
    subject: str
    check: Callable[..., None]
    last: bool = False
    needs: tuple[str, ...] = ()
    instead: "Callable[[Fixtures], Promise | None]" = _kept

    @property
    def title(self) -> str:
        """What its test is called: `consumes[cartsnitch.prices.updated-accepts-0.4.0]`."""
        return f"{self.kind}[{self.name}]"


def publishers(channel: EventType) -> str:
    """Who sends on the channel, as people write it: `ReceiptWitness`."""
    return _titles(ROUTES[channel].publishers)


def subscribers(channel: EventType) -> str:
    """Who receives from the channel: `API, ClipArtist`."""
    return _titles(ROUTES[channel].subscribers)


def _titles(services: Iterable[str]) -> str:
    return ", ".join(sorted(title(service) for service in services)) or NOBODY
