"""What the tests of a service sent: on the event bus, as the bytes that travelled, and to stubs of others."""

from dataclasses import asdict, dataclass, field
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


@dataclass(frozen=True)
class Called:
    """One call of a stub.

    Attributes:
        service: that the stub stood in for.
        request: its first line: `GET /prices?limit=5`.
        operation: that it asked for; None where there is no such one.
        outcome: what it was answered: a status, or `timeout`, `reset`, `garbage` and the like.
        wrong: whether the contract does not allow it, and the test did not mean that.
        test: the id of the test that made it.
        own: whether that was a test of the service's own, and not a check of a promise.
    """

    service: str
    request: str
    operation: str | None
    outcome: str
    wrong: bool
    test: str
    own: bool = True


@dataclass
class Emitted:
    """All that was sent in a run.

    Attributes:
        messages: on the event bus, in their order.
        calls: of stubs, in their order.
        whole: whether all tests of the service ran, so that what is not here was never sent.
        why_not: why they did not: "only -k increase was run".
    """

    messages: list[Message] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    whole: bool = True
    why_not: str = ""

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """All of it as plain values, to hand to another process."""
        messages = [{**asdict(message), "raw": message.raw.hex()} for message in self.messages]
        return {"messages": messages, "calls": [asdict(call) for call in self.calls]}

    def load(self, dumped: dict[str, list[dict[str, Any]]]) -> None:
        """Add what another process saw."""
        self.messages += [
            Message(**{**message, "raw": bytes.fromhex(message["raw"])}) for message in dumped["messages"]
        ]
        self.calls += [Called(**call) for call in dumped["calls"]]
