"""Everything that goes over the wire, and whether it keeps its contract."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from redis import Redis

from cartsnitch_common.constants import EventType
from cartsnitch_common.errors import CartsnitchError
from cartsnitch_contracts import Problem, check_event

ANSWER_WITHIN: Final = 10.0


class Wiretap:
    """Listens to all six channels from the moment it is made; call `listen` often, and at the end.

    Attributes:
        messages: channel and bytes of each message, in order.
        problems: per message's number, what its contract's document objects to; filled by `check`.
    """

    def __init__(self, redis: Redis) -> None:
        self.messages: list[tuple[EventType, bytes]] = []
        self.problems: dict[int, list[Problem]] = {}
        self._pubsub = redis.pubsub()  # type: ignore[no-untyped-call]
        self._pubsub.subscribe(*EventType)
        self.listen()

    def listen(self) -> None:
        """Take in what was published until now: all up to the answer to a PING.

        Raises:
            CartsnitchError: Redis does not answer.
        """
        self._pubsub.ping()
        while (message := self._pubsub.get_message(timeout=ANSWER_WITHIN)) is not None:
            if message["type"] == "pong":
                return
            if message["type"] == "message":
                self.messages.append((EventType(message["channel"].decode()), message["data"]))
        raise CartsnitchError(
            f"Redis did not answer within {ANSWER_WITHIN:.0f} seconds. Is it still running?"
        )

    def check(self) -> Iterator[int]:
        """Hold each message against its channel's document; yields how many are done."""
        for number, (_, raw) in enumerate(self.messages):
            if found := check_event(raw):
                self.problems[number] = found
            yield number + 1

    @property
    def counts(self) -> dict[EventType, int]:
        """Messages by channel, of all six."""
        counted = Counter(channel for channel, _ in self.messages)
        return {channel: counted[channel] for channel in EventType}

    def samples(self, channel: EventType) -> tuple[bytes, ...]:
        """The first and the last message of a channel; fewer where there are not two."""
        seen = [raw for name, raw in self.messages if name == channel]
        return tuple(seen[:1] + seen[1:][-1:])

    def close(self) -> None:
        """Stop listening."""
        self._pubsub.close()
