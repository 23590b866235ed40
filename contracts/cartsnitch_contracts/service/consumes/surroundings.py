"""What a handler runs in: a database, a Redis, and the rows that an event refers to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from cartsnitch_common.constants import EventType
from cartsnitch_common.schemas.events import Event

type Entries = Mapping[str, Sequence[str]]


class Surroundings(Protocol):
    """The test's servers, as a handler and who judges it need them. The pytest plugin has them."""

    def reset(self) -> None:
        """Nothing is stored, on Redis or heard of any more."""

    def arrange(self, event: Mapping[str, Any]) -> Sequence[str]:
        """Store the rows that an event refers to; returns their tables."""

    def call(self, function: Callable[..., Any], event: Event[Any], arguments: Mapping[str, object]) -> None:
        """Call a handler, awaiting what it returns; what it left to its sessions is committed.

        Raises what the handler raises.
        """

    def rows(self) -> Entries:
        """All rows by table, each as text, in a fixed order; without timestamps."""

    def keys(self) -> Entries:
        """What Redis holds by type and key, `list "seen"`: each entry as text, without moments and expiry."""

    def published(self) -> Sequence[str]:
        """What was published since the reset, each as text, in a fixed order; without timestamps."""

    def subscribe(
        self,
        function: Callable[..., Any],
        channel: EventType,
        messages: Sequence[bytes],
        arguments: Mapping[str, object],
    ) -> int:
        """Run a real subscriber with the handler while the messages are published; returns how many it took.

        Raises what ends the subscriber.
        """
