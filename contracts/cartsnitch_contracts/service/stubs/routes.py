"""Which operation a request asks for."""

import re
from collections.abc import Iterable, Mapping

from cartsnitch_contracts.rest import Operation

type Match = tuple[Operation, Mapping[str, str]]


class Routes:
    """A service's paths; a word goes before a parameter: `/sync/status` before `/sync/{store_slug}`."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._routes = [
            (_pattern(operation.path), operation)
            for operation in sorted(operations, key=lambda operation: operation.path.count("{"))
        ]

    def find(self, method: str, path: str) -> Match | None:
        """The operation and the values in its path; None where there is none."""
        for pattern, operation in self._routes:
            found = pattern.fullmatch(path)
            if found and operation.method == method:
                return operation, found.groupdict()
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that the path takes; none where it is unknown."""
        return tuple(operation.method for pattern, operation in self._routes if pattern.fullmatch(path))


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^{}]+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    )
