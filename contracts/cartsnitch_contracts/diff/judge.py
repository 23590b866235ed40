"""Does every payload that a writer can send pass a reader? Judged by trying payloads.

A payload that the writer's schema takes and the reader's refuses proves a break. That none was found proves
nothing, so this never says "compatible" of two schemas that differ.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.canonical import Schema, canonical, key
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.payloads import Problem, problems
from cartsnitch_contracts.validation import Validator, validator

MOST_TRIES = 2_000
"""So many smaller payloads are tried before a witness is taken as it is."""


@dataclass(frozen=True)
class Witness:
    """A payload that the writer may send and the reader refuses, as small as it could be made."""

    payload: Any
    problem: Problem


@dataclass(frozen=True)
class Comparison:
    """The verdict on a writer and a reader; `witness` proves a break, `reason` says why it is unproven."""

    verdict: Verdict
    witness: Witness | None = None
    reason: str = ""


class Trial:
    """One writer's payloads against one reader."""

    def __init__(self, writer: Validator, reader: Validator, payloads: Iterable[Any]) -> None:
        self.writer = writer
        self.reader = reader
        self.payloads = [payload for payload in payloads if _valid(writer, payload)]
        refused = [(payload, problems(reader, payload)) for payload in self.payloads]
        self.refused = [(payload, found) for payload, found in refused if found]

    def witness(self, concerns: Callable[[Problem], bool], probes: Iterable[Any] = ()) -> Witness | None:
        """The first refused payload with a problem that concerns the caller, made small; probes come last."""
        tried = (
            (payload, problems(self.reader, payload)) for payload in probes if _valid(self.writer, payload)
        )
        for payload, found in (*self.refused, *tried):
            problem = next(filter(concerns, found), None)
            if problem is not None:
                return self._shrunk(Witness(payload, problem), concerns)
        return None

    def _shrunk(self, witness: Witness, concerns: Callable[[Problem], bool]) -> Witness:
        tries, progress = 0, True
        while progress and tries < MOST_TRIES:
            progress = False
            for smaller in _smaller(witness.payload, witness.problem.path):
                tries += 1
                problem = next(filter(concerns, problems(self.reader, smaller)), None)
                if problem is not None and _valid(self.writer, smaller):
                    witness, progress = Witness(smaller, problem), True
                    break
        return witness


def compare(writer: Schema, reader: Schema, payloads: Iterable[Any] = ()) -> Comparison:
    """Whether the reader accepts all that the writer can send, both taken as they are written.

    Raises:
        DocumentError: one of them is not a JSON Schema 2020-12.
    """
    trial = Trial(validator(writer, source="the writer"), validator(reader, source="the reader"), payloads)
    witness = trial.witness(lambda _: True)
    if witness is not None:
        return Comparison(Verdict.BREAKING, witness)
    if key(canonical(writer)) == key(canonical(reader)):
        return Comparison(Verdict.COMPATIBLE)
    return Comparison(Verdict.UNPROVEN, reason=untried(trial))


def untried(trial: Trial) -> str:
    """Why the trial proves nothing."""
    count = len(trial.payloads)
    if not count:
        return "no payload at hand fits the writer; add an example that does"
    return f"the reader accepts the {count} payload{'s' * (count > 1)} at hand, and the schemas differ"


def probes(schema: Any) -> Iterator[Any]:
    """A few values at the edges of what a canonical schema takes; some of them it may refuse."""
    if not isinstance(schema, dict):
        return
    for branch in schema.get("anyOf", ()):
        yield from probes(branch)
    yield from schema.get("enum", ())
    lowest, highest = schema.get("minimum", 0), schema.get("maximum", schema.get("exclusiveMaximum", 1))
    text = {
        "date": "2024-02-29",
        "date-time": "2024-02-29T12:00:00Z",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "email": "a@example.com",
    }.get(schema.get("format", ""), "")
    samples: dict[str, tuple[Any, ...]] = {
        "null": (None,),
        "boolean": (True, False),
        "integer": (lowest, lowest + 1, highest, 10**12),
        "number": (lowest, lowest + 0.5, highest, 1e12),
        "string": (text, "0", "0.00", "0.000", "x" * max(1, schema.get("minLength", 0))),
        "array": ([],),
        "object": ({},),
    }
    declared = schema.get("type", list(samples))
    for name in [declared] if isinstance(declared, str) else declared:
        yield from samples[name]
    if "maxLength" in schema:
        yield "x" * min(schema["maxLength"], 10_000)


def _valid(validating: Validator, payload: Any) -> bool:
    try:
        return validating.is_valid(payload)
    except ValueError:  # a value that no JSON holds
        return False


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
    return len(json.dumps(payload, default=str))
