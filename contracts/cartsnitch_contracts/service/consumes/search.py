"""Looking for an event that a handler does not take."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.strategies import SearchStrategy

from cartsnitch_contracts.document import Event
from cartsnitch_contracts.service.consumes.delivery import Failure

EXAMPLES: Final = 25
SHRINKING: Final = 200
"""How many events are tried at most to make one that failed smaller."""


@dataclass(frozen=True)
class Search:
    """How long to look and where to begin: the same seed tries the same events."""

    examples: int = EXAMPLES
    seed: int = 0


class _FoundError(Exception):
    """Tells hypothesis that an event failed."""


def find_failure(
    strategy: SearchStrategy[Event], attempt: Callable[[Event], Failure | None], search: Search
) -> Failure | None:
    """The simplest event found that fails; None where none did. Nothing is kept between two searches."""
    tried: dict[str, Failure | None] = {}
    failures: list[Failure] = []
    left = SHRINKING

    def outcome(event: Event) -> Failure | None:
        nonlocal left
        key = json.dumps(event, sort_keys=True)
        if key not in tried:
            if failures:
                left -= 1
            tried[key] = attempt(event) if left > 0 else None
        return tried[key]

    @seed(search.seed)
    @settings(
        max_examples=search.examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def look(event: Event) -> None:
        if failure := outcome(event):
            failures.append(failure)
            raise _FoundError

    try:
        look()
    except _FoundError:
        return failures[-1]
    return None
