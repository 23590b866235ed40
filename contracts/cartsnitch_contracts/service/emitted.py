"""What the tests of a service sent on the event bus, as the bytes that travelled."""

from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts import text


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        channel: that it was sent on.
        raw: its bytes.
        test: the id of the test in which it was sent.
        own: whether that was a test of the service's own, and not a check of a promise.
    """

    channel: str
    raw: bytes
    test: str
    own: bool = True

    @property
    def sender(self) -> str | None:
        """The service that the message names; None where it names none."""
        try:
            event = text.loads(self.raw)
        except (ValueError, RecursionError):
            return None
        sender = event.get("service") if isinstance(event, dict) else None
        return sender if isinstance(sender, str) else None


@dataclass
class Emitted:
    """All messages of a run.

    Attributes:
        messages: in their order.
        whole: whether all tests of the service ran, so that what is not here was never sent.
        why_not: why they did not: "only -k increase was run".
    """

    messages: list[Message] = field(default_factory=list)
    whole: bool = True
    why_not: str = ""

    def dump(self) -> list[dict[str, Any]]:
        """The messages as plain values, to hand to another process."""
        return [
            {"channel": each.channel, "raw": each.raw.hex(), "test": each.test, "own": each.own}
            for each in self.messages
        ]

    def load(self, dumped: list[dict[str, Any]]) -> None:
        """Add messages that another process saw."""
        self.messages += [Message(**{**each, "raw": bytes.fromhex(each["raw"])}) for each in dumped]
