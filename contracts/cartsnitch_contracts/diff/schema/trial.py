"""Payloads tried on a writer's and a reader's schema by the independent validator, and made small."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.validation import Validator

MOST_TRIES = 500
"""So many smaller payloads are tried before a witness is taken as it is."""
type Concerns = Callable[[Problem], bool]


class Trial:
    """One writer's payloads against one reader."""

    def __init__(self, writer: Validator, reader: Validator) -> None:
        self.writer = writer
        self.reader = reader

    def sendable(self, payload: Any) -> bool:
        """Whether the writer's schema accepts it."""
        try:
            return self.writer.is_valid(payload)
        except ValueError:  # a value that no JSON holds
            return False

    def proof(self, payloads: Iterable[Any], concerns: Concerns) -> tuple[Any, Problem] | None:
        """The first payload that may be sent and is refused for a reason of concern, made small."""
        for payload in payloads:
            problem = self._refused(payload, concerns)
            if problem is not None:
                return self._shrunk(payload, problem, concerns)
        return None

    def likened(
        self, payload: Any, problem: Problem, example: Any, concerns: Concerns
    ) -> tuple[Any, Problem]:
        """The proof with the example's value at each place where it stays one; little else differs then."""
        known, tries = dict(places.leaves(example)), 0
        for path, value in list(places.leaves(payload)):
            if path not in known or as_text(known[path]) == as_text(value):
                continue
            tries += 1
            if tries > MOST_TRIES:
                break
            alike = places.put(payload, path, known[path])
            still = self._refused(alike, concerns)
            if still is not None:
                payload, problem = alike, still
        return payload, problem

    def _refused(self, payload: Any, concerns: Concerns) -> Problem | None:
        if not self.sendable(payload):
            return None
        return next(filter(concerns, problems(self.reader, payload)), None)

    def _shrunk(self, payload: Any, problem: Problem, concerns: Concerns) -> tuple[Any, Problem]:
        tries, progress = 0, True
        while progress and tries < MOST_TRIES:
            progress = False
            for smaller in _smaller(payload, problem.path):
                tries += 1
                less = self._refused(smaller, concerns)
                if less is not None:
                    payload, problem, progress = smaller, less, True
                    break
                if tries >= MOST_TRIES:
                    break
        return payload, problem


def _smaller(payload: Any, blamed: places.Path) -> Iterator[Any]:
    """The payload with only the blamed item of a list, then without one of its parts, the outermost first."""
    for depth, step in enumerate(blamed):
        if isinstance(step, int) and len(places.get(payload, blamed[:depth])) > 1:
            yield places.put(payload, blamed[:depth], [places.get(payload, blamed[: depth + 1])])
    inner: list[places.Path] = [()]
    while inner:
        path = inner.pop(0)
        value = places.get(payload, path)
        steps: list[places.Step] = list(value) if isinstance(value, dict) else []
        if isinstance(value, list):
            steps = list(reversed(range(len(value))))
        for step in steps:
            yield places.drop(payload, (*path, step))
        inner.extend((*path, step) for step in steps)


def size(payload: Any) -> int:
    """The length of the payload's JSON text; how witnesses are ordered."""
    return len(as_text(payload))


def as_text(value: Any) -> str:
    """The JSON text; it tells `1` from `true`, which are equal in Python."""
    return json.dumps(value, default=str)
