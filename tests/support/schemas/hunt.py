"""The hunt for a wrong verdict: every proof is attacked with payloads, every witness is checked twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.oracles import accepts, accepts_too, counterexample
from schemas.pairs import Pair
from schemas.payloads import payloads
from schemas.pools import Schema, seeded


class Decision(Protocol):
    """What a decider answers; its verdict equals "compatible", "breaking" or "unproven"."""

    @property
    def verdict(self) -> str: ...
    @property
    def witness(self) -> Any: ...


type Decide = Callable[[Schema, Schema], Decision]


@dataclass(frozen=True)
class Wrong:
    """A verdict that is refuted.

    Attributes:
        pair: of which it was said.
        verdict: what was said.
        why: in words.
        payload: that refutes it, or the witness that proves nothing.
    """

    pair: Pair
    verdict: str
    why: str
    payload: Any

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.pair.name} is not {self.verdict}: {self.why}: {json.dumps(self.payload)}",
                f"  writer {json.dumps(self.pair.writer)}",
                f"  reader {json.dumps(self.pair.reader)}",
            )
        )


def wrong(decide: Decide, pair: Pair, count: int = 60) -> Wrong | None:
    """What refutes the decider's verdict on a pair, if `count` payloads do."""
    return refuted(pair, decide(pair.writer, pair.reader), count)


def refuted(pair: Pair, decision: Decision, count: int = 60) -> Wrong | None:
    """What refutes a verdict, if `count` payloads do; one that is unproven is not wrong."""
    if decision.verdict == "compatible":
        found = search(pair, count)
        return Wrong(pair, "compatible", "this is sent and refused", found[0]) if found else None
    if decision.verdict == "breaking":
        return _hollow(pair, decision.witness)
    return None


def search(pair: Pair, count: int) -> tuple[Any] | None:
    """A payload that the writer sends and the reader refuses, in a tuple; in a small world all are tried."""
    sends, takes = accepts(pair.writer), accepts(pair.reader)
    for payload in pair.world:
        if sends(payload) and not takes(payload):
            return (payload,)
    count = count // 4 if pair.world else count
    candidates = payloads(seeded("payloads", pair.name), pair.writer, pair.reader, count)
    return counterexample(pair.writer, pair.reader, candidates)


def _hollow(pair: Pair, witness: Any) -> Wrong | None:
    """Whether the witness of a break proves nothing."""
    if pair.included:
        return Wrong(pair, "breaking", "the reader accepts all by construction; the witness is", witness)
    for words, oracle in (("jsonschema-rs", accepts), ("jsonschema", accepts_too)):
        if oracle is accepts_too and _beyond_second_oracle(pair):
            continue
        if not oracle(pair.writer)(witness):
            return Wrong(pair, "breaking", f"for {words} it is not sent", witness)
        if oracle(pair.reader)(witness):
            return Wrong(pair, "breaking", f"for {words} it is accepted", witness)
    return None


def _beyond_second_oracle(pair: Pair) -> bool:
    """Whether Python's jsonschema cannot judge.

    It knows few formats, reads expressions as Python does, and lets a plain reference to a dynamic anchor
    lead where a dynamic one would.
    """
    text = json.dumps([pair.writer, pair.reader])
    return pair.name.startswith("patterns") or '"format"' in text or '"$dynamicAnchor"' in text
