"""How long to wait before the next attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random


@dataclass(frozen=True)
class Backoff:
    """Exponential with full jitter: from nothing to `first` x 2^attempt seconds, `longest` at most.

    Full jitter, so that the subscribers of a server that comes back do not all knock at once
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). `random` gives [0, 1).
    """

    first: float = 0.1
    longest: float = 30.0
    random: Callable[[], float] = random

    def delay(self, attempt: int) -> float:
        """Seconds to wait after failure number `attempt`, counted from 0."""
        return self.random() * min(self.longest, self.first * 2.0 ** min(attempt, 32))
