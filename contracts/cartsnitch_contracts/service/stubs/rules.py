"""What a test tells a stub to answer."""

import json as jsons
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.service.stubs.answers import Answer, Fault, as_json
from cartsnitch_contracts.service.stubs.contract import Contract
from cartsnitch_contracts.service.stubs.errors import StubError

ABSENT: Final = object()
type Make = Callable[[Answer], Answer]
"""What is answered, from what would have been."""


@dataclass
class _Limited:
    make: Make
    left: int


class Rules:
    """What one operation, or the whole service, was told to answer."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._limited: deque[_Limited] = deque()
        self._response: Make | None = None
        self._trouble: Make | None = None

    def add(self, make: Make, times: int | None, *, trouble: bool = True) -> None:
        """Answer so this many times, after what was told before; for None always."""
        if times is not None:
            if times < 1:
                raise StubError(f"times={times} is never. Give 1 or more, or leave it out for always.")
            self._limited.append(_Limited(make, times))
        elif trouble:
            self._trouble = make
        else:
            self._response, self._trouble = make, None

    def apply(self, usual: Answer) -> Answer:
        """The answer to the next request, which is counted."""
        if self._response:
            usual = self._response(usual)
        if self._limited:
            first = self._limited[0]
            first.left -= 1
            if not first.left:
                self._limited.popleft()
            return first.make(usual)
        return self._trouble(usual) if self._trouble else usual


class On:
    """What to answer to an operation, or to every one; each method returns the same, so that they can follow.

    `times` says how often; left out, always. Answers for a number of times are used up in their order before
    those for always. A trouble for always lies on top of the response, until the next response for always.
    """

    def __init__(self, rules: Rules, contract: Contract, operation: Operation | None) -> None:
        self._rules, self._contract, self._operation = rules, contract, operation

    def respond(
        self,
        *,
        example: str | None = None,
        status: int | None = None,
        json: Any = ABSENT,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> Self:
        """Answer with one of the contract's examples, by name or status, or with a payload of your own.

        Of several examples the one called `typical` is taken, or else the first. What the contract only has
        readers tolerate may be named by its reason (`example="a newer service sends a field beside"`).

        Raises:
            StubError: the contract does not allow that answer; the message says what it does.
        """
        operation, contract = self._operation, self._contract
        if operation is None:
            raise StubError('Name an operation to respond to: stub.on("GET /prices").respond(...).')
        at = str(status) if status is not None else self._status_of(operation, example)
        sides = operation.responses.get(at)
        if sides is None:
            raise StubError(
                f"{operation.name} never answers {at}: {contract.document.source} has "
                f"{', '.join(operation.responses)}. A stub answers nothing else; "
                "for what breaks beyond the contract use fail(), time_out(), reset() or garbage()."
            )
        payload = json if json is not ABSENT else self._example(operation, at, example)
        if json is not ABSENT and (wrong := contract.wrong(sides, "writer", payload)):
            found = "\n".join(f"  {problem}" for problem in wrong[:10])
            raise StubError(
                f"{contract.service} never answers {operation.name} -> {at} with that:\n{found}\n"
                f"Mend the payload, or start from an example: respond(example=...)."
            )
        answer = replace(as_json(payload, int(at), sides.media_type), headers=dict(headers or {}))
        self._rules.add(lambda _: answer, times, trouble=False)
        return self

    def fail(self, status: int = 500, *, times: int | None = None) -> Self:
        """Break: a plain 5xx, as a proxy or an unhandled exception makes it."""
        if not 500 <= status <= 599:
            raise StubError(f"{status} is no failure of the server. Give 500 to 599, or respond(status=...).")
        answer = Answer(status, b"Internal Server Error", "text/plain; charset=utf-8")
        self._rules.add(lambda _: answer, times)
        return self

    def garbage(self, *, times: int | None = None) -> Self:
        """Answer as usual, with bytes that are no JSON in the place of the body."""
        body = b'{"items": [\xff\xfe<html>'
        self._rules.add(lambda usual: replace(usual, body=body, label="garbage"), times)
        return self

    def truncate(self, *, times: int | None = None) -> Self:
        """Answer as usual, and close the connection after half of the body."""
        self._rules.add(lambda usual: replace(usual, fault=Fault.TRUNCATED), times)
        return self

    def time_out(self, *, times: int | None = None) -> Self:
        """Never answer. A client on `stub.transport` times out at once, one on a port when it is due."""
        self._rules.add(lambda usual: replace(usual, fault=Fault.TIMEOUT), times)
        return self

    def reset(self, *, times: int | None = None) -> Self:
        """Tear down the connection once the request is read."""
        self._rules.add(lambda usual: replace(usual, fault=Fault.RESET), times)
        return self

    def content_type(self, media_type: str, *, times: int | None = None) -> Self:
        """Answer as usual, and call it something else: `text/html`, or what is no media type at all."""
        self._rules.add(lambda usual: replace(usual, media_type=media_type, label="content type"), times)
        return self

    def slow(self, seconds: float, *, times: int | None = None) -> Self:
        """Answer as usual, but later; a client on `stub.transport` that waits less times out at once."""
        self._rules.add(lambda usual: replace(usual, delay=seconds), times)
        return self

    def as_usual(self) -> Self:
        """Forget what was told."""
        self._rules.clear()
        return self

    def _status_of(self, operation: Operation, example: str | None) -> str:
        """The first status with an example of that name: a success's goes before an error's."""
        for status in operation.responses if example is not None else ():
            if example in self._payloads(operation, status):
                return status
        return self._contract.success(operation)

    def _example(self, operation: Operation, status: str, example: str | None) -> Any:
        known = self._payloads(operation, status)
        name = example if example is not None else "typical" if "typical" in known else next(iter(known), "")
        if name not in known:
            raise StubError(
                f"{operation.name} -> {status} has no example {name!r}. "
                f"There are: {', '.join(known) or 'none'}. Or give a payload: respond(status=..., json=...)."
            )
        return jsons.loads(jsons.dumps(known[name]))

    def _payloads(self, operation: Operation, status: str) -> dict[str, Any]:
        examples = self._contract.examples(operation, status)
        if examples is None:
            return {}
        return {
            **examples.accepted,
            **{tolerated.reason: tolerated.event for tolerated in examples.tolerated},
        }
