"""What is decided about two schemas, and how much work may go into it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What is known about a writer and a reader."""

    COMPATIBLE = "compatible"
    BREAKING = "breaking"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class Budget:
    """How much work may go into one decision; what is over is unproven.

    Attributes:
        steps: states of the search that are looked at.
        seconds: for the whole decision, the witness and its shrinking included.
    """

    steps: int = 50_000
    seconds: float = 5.0


@dataclass(frozen=True)
class Decision:
    """Whether all that one schema accepts is accepted by another.

    Attributes:
        verdict: proved, disproved, or neither.
        witness: when breaking, the smallest value found that the writer's schema accepts and the reader's
            refuses; an independent validator has confirmed it.
        reason: when unproven, what could not be decided, in a few words.
    """

    verdict: Verdict
    witness: Any = None
    reason: str = ""
