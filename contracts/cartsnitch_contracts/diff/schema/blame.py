"""Which change a refusal counts against."""

from collections.abc import Iterator, Sequence

from cartsnitch_contracts.diff.schema.change import Change
from cartsnitch_contracts.payloads import Problem
from cartsnitch_contracts.places import EACH, Path

_COMPOSED = ("anyOf", "oneOf", "allOf", "not", "if")


class Blame:
    """The changes by place."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._plain: dict[Path, list[Change]] = {}
        self._loose: list[tuple[Path, Change]] = []
        self._all = [(path, change) for change in changes for path in change.paths]
        for path, change in self._all:
            if all(isinstance(step, str) for step in path):
                self._plain.setdefault(path, []).append(change)
            else:
                self._loose.append((path, change))

    def of(self, problem: Problem) -> list[Change]:
        """The changes at the place of a refusal, or nearest above it; of a composition also those below."""
        above = dict(self._above(problem.path))
        if above:
            return above[max(above)]
        if problem.rule not in _COMPOSED:
            return []
        return [change for path, change in self._all if _leads(problem.path, path)]

    def alone(self, problem: Problem) -> Change | None:
        """The one change that a refusal can come from; None where it may come from several."""
        found = self.of(problem)
        if problem.rule in _COMPOSED:
            found = found + [change for path, change in self._all if _leads(problem.path, path)]
        return found[0] if len(set(map(id, found))) == 1 else None

    def _above(self, path: Path) -> Iterator[tuple[int, list[Change]]]:
        found: dict[int, list[Change]] = {}
        for length in range(len(path) + 1):
            if path[:length] in self._plain:
                found.setdefault(length, []).extend(self._plain[path[:length]])
        for touched, change in self._loose:
            if len(touched) <= len(path) and _leads(path[: len(touched)], touched):
                found.setdefault(len(touched), []).append(change)
        yield from found.items()


def _leads(path: Path, below: Path) -> bool:
    """Whether a place of the schema lies at or below a place of a payload."""
    steps = zip(path, below, strict=False)
    return len(path) <= len(below) and all(step is EACH or step == at for at, step in steps)
