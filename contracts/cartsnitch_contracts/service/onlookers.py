"""Who looks on while handlers are called and stubs answer: a recording of what the service reads.

Whoever calls a handler itself, or answers for another service, says so here. Nothing happens while nobody
looks on.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol


class Onlooker(Protocol):
    """Is told what a service is told."""

    def handler(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler, to be called instead."""

    def answered(self, service: str, operation: str, *, seen: bool) -> None:
        """A stub of the service answered a call of the operation; `seen` by whoever watches the client."""


onlookers: Final[list[Onlooker]] = []
"""Those of this process; the last one is told of handlers, each of answers."""


SEEN: Final = "x-cartsnitch-seen"
"""The header of a request whose answer is seen in the client that gets it; a stub keeps it to itself."""


def recorded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, called with an event as ever; what it reads is recorded."""
    return onlookers[-1].handler(handler) if onlookers else handler


def answered(service: str, operation: str, *, seen: bool = False) -> None:
    """A stub of a service answered a call of an operation, `GET /prices`.

    Where the answer goes to a client whose bodies are not `seen`, all of it counts as read.
    """
    for each in onlookers:
        each.answered(service, operation, seen=seen)
