"""One release at work: runs in the environment of the release, and knows nothing newer than it.

Started as a plain script, with the Redis URL as its argument. Each line of its input is a command in JSON,
each line of its output the answer: `{"ok": ...}`, or `{"failed": "why"}`. A command is a method of `Worker`.
"""

import json
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError
from redis import Redis

from cartsnitch_common.errors import CartsnitchError
from cartsnitch_common.events import EventPublisher, EventSubscriber

DEADLINE = 30.0
"""Seconds that anything awaited may take before it counts as lost."""


class Worker:
    """The services of one release: they publish, listen, read bodies, and work on tables."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._redis = Redis.from_url(redis_url)
        self._heard: list[str | None] = []
        self._changed = threading.Condition()

    def listen(self, event_types: list[str]) -> None:
        """Subscribe to channels; what is heard is kept for `heard`."""
        subscriber = EventSubscriber(self._url, on_invalid=lambda error: self._note(str(error)))
        for event_type in event_types:
            subscriber.on(event_type, lambda _: self._note(None))
        threading.Thread(target=subscriber.run, daemon=True).start()
        if not subscriber.ready.wait(DEADLINE):
            raise TimeoutError(f"not subscribed to {', '.join(event_types)} within {DEADLINE:.0f} s")

    def publish(self, event: dict[str, Any]) -> int:
        """Send an event as the service that it names; how many listened."""
        publisher = EventPublisher(self._redis, event["service"])
        return publisher.publish(event["payload"], event_type=event["event_type"])

    def heard(self, count: int) -> list[str | None]:
        """The next `count` messages: None for one that was handled, else why it was refused."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._heard) >= count, DEADLINE):
                raise TimeoutError(f"{len(self._heard)} of {count} messages came within {DEADLINE:.0f} s")
            heard, self._heard = self._heard[:count], self._heard[count:]
            return heard

    def _note(self, refusal: str | None) -> None:
        with self._changed:
            self._heard.append(refusal)
            self._changed.notify_all()

    def write_body(self, service: str, operation: str, side: str, body: Any) -> Any:
        """A body as this release sends it; a caller leaves out what it was not given."""
        made = _body(service, operation, side).model_validate_json(json.dumps(body))
        return json.loads(made.model_dump_json(by_alias=True, exclude_unset=side == "request"))

    def read_body(self, service: str, operation: str, side: str, body: Any) -> None:
        """Take a body from the wire."""
        _body(service, operation, side).model_validate_json(json.dumps(body))

    def upgrade(self, url: str) -> None:
        """Bring a database to this release's head."""
        import_module("cartsnitch_migrations").upgrade(url)

    def work(self, url: str) -> dict[str, Any]:
        """Write and read every table as this release's models do; per table and deed what came of it."""
        outcomes: dict[str, Any] = import_module("rows").work_on_all_tables(url)  # lies beside this script
        return outcomes


def _body(service: str, operation: str, side: str) -> type[BaseModel]:
    """The class of a body; `side` is "request", or the status of a response."""
    for endpoint in import_module("cartsnitch_contracts.rest.operations").ENDPOINTS:
        if (str(endpoint.service), f"{endpoint.method} {endpoint.path}") == (service, operation):
            found: type[BaseModel] | None = endpoint.request if side == "request" else endpoint.answer
            if found is not None:
                return found
    raise LookupError(f"this release has no {side} of {service} {operation}")


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer commands until the input ends."""
    worker = Worker(sys.argv[1])
    _say({"ok": "ready"})
    for line in sys.stdin:
        command, arguments = json.loads(line)
        method: Callable[..., Any] = getattr(worker, command)
        try:
            answer = {"ok": method(*arguments)}
        except (CartsnitchError, ValidationError, LookupError, TimeoutError) as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        _say(answer)


if __name__ == "__main__":
    main()
