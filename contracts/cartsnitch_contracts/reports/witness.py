"""A payload that proves a break, as what differs from the nearest example."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.reports.words import as_json, clean

MOST_LINES = 6
"""A payload that differs from every example in more places is printed whole."""
MOST_CHARACTERS = 1_000
"""So much of a whole payload is printed."""
_MOST_OF_A_VALUE = 60


@dataclass(frozen=True)
class Line:
    """One line of a proof: "-" is in the example alone, "+" in the payload alone, " " is a change."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign}  {self.text}"


@dataclass(frozen=True)
class Shown:
    """A payload in a few lines.

    Attributes:
        example: the name of the example that it differs from, or None where it is shown whole.
        lines: the difference; empty when it is the example as it is.
    """

    example: str | None
    lines: tuple[Line, ...]

    def mirrors(self, other: "Shown") -> bool:
        """Whether it removes what the other adds, and adds what the other removes."""
        swapped = {"-": "+", "+": "-", " ": ""}
        mirrored = {(swapped[line.sign], line.text) for line in self.lines}
        return bool(self.lines) and mirrored == {(line.sign, line.text) for line in other.lines}


def shown(payload: Any, examples: Mapping[str, Any]) -> Shown:
    """The payload as its difference from the nearest of the examples, or whole where that is shorter."""
    nearest: Shown | None = None
    for name, example in examples.items():
        try:
            lines = tuple(_difference(example, payload))
        except RecursionError:
            break
        if nearest is None or len(lines) < len(nearest.lines):
            nearest = Shown(clean(name), lines)
    if nearest is None or len(nearest.lines) > MOST_LINES:
        return Shown(None, (Line(" ", as_json(payload, MOST_CHARACTERS)),))
    return nearest


def statement(witness: Mapping[str, Any]) -> Shown:
    """A witness of the database: the rows that must be there, and the statement that fails."""
    statements = (*witness.get("before", ()), witness["sql"])
    return Shown(None, tuple(Line(" ", clean(each, MOST_CHARACTERS)) for each in statements))


def _difference(example: Any, payload: Any) -> Iterator[Line]:
    before, after = dict(places.leaves(example)), dict(places.leaves(payload))
    for path, value in before.items():
        if path not in after:
            yield Line("-", f"{_named(path)}: {_value(value)}")
        elif as_json(after[path]) != as_json(value) or after[path] != value:
            yield Line(" ", f"{clean(places.show(path))}    {_value(value)} -> {_value(after[path])}")
    for path, value in after.items():
        if path not in before:
            yield Line("+", f"{_named(path)}: {_value(value)}")


def _named(path: places.Path) -> str:
    """A field of the payload by its name, anything deeper by its place."""
    at_the_top = len(path) == 1 or (len(path) == 2 and path[0] == "payload")
    return as_json(path[-1]) if at_the_top and isinstance(path[-1], str) else clean(places.show(path))


def _value(value: Any) -> str:
    return as_json(value, _MOST_OF_A_VALUE)
