"""A payload that proves a break, as what differs from the nearest example."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.reports.words import as_json, clean

MOST_LINES = 6
"""A payload that differs from every example in more places is printed whole."""
MOST_CHARACTERS = 1_000
"""So much of a whole payload is printed."""
MOST_ITEMS = 3
"""A list that is longer by more items than these gets one line for all of them."""
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
    grown = dict(_grown(example, payload))
    before = {path: value for path, value in places.leaves(example) if path not in grown}
    after = {path: value for path, value in places.leaves(payload) if not _within(path, grown)}
    for path, value in before.items():
        if path not in after:
            yield Line("-", f"{_named(path)}: {_value(value)}")
        elif as_json(after[path]) != as_json(value) or after[path] != value:
            yield Line(" ", f"{clean(places.show(path))}    {_value(value)} -> {_value(after[path])}")
    for path, value in after.items():
        if path not in before:
            yield Line("+", f"{_named(path)}: {_value(value)}")
    for path, start in grown.items():
        yield Line("+", f"{clean(places.show(path))}: {_items(places.get(payload, path), start)}")


def _grown(example: Any, payload: Any, path: places.Path = ()) -> Iterator[tuple[places.Path, int]]:
    """The lists that are longer by more items than are worth a line each, and where these start."""
    if isinstance(payload, list):
        there = example if isinstance(example, list) else []
        if len(payload) - len(there) > MOST_ITEMS:
            yield path, len(there)
        pairs: Iterable[tuple[places.Step, Any, Any]] = (
            (at, *pair) for at, pair in enumerate(zip(there, payload, strict=False))
        )
    elif isinstance(payload, dict):
        fields = example if isinstance(example, dict) else {}
        pairs = ((name, fields.get(name), value) for name, value in payload.items())
    else:
        return
    for step, before, after in pairs:
        yield from _grown(before, after, (*path, step))


def _within(path: places.Path, grown: Mapping[places.Path, int]) -> bool:
    """Whether a place is in one of the items that a list is longer by."""
    for at, step in enumerate(path):
        start = grown.get(path[:at])
        if start is not None and isinstance(step, int) and step >= start:
            return True
    return False


def _items(value: list[Any], start: int) -> str:
    """The items from `start` on, in a few words."""
    more, first = f"{len(value) - start:,}{' more' if start else ''}", as_json(value[0])
    if any(as_json(each) != first for each in value[start:]):
        return f"{more} items, the first {_value(value[start])}"
    return f"{more} items, each as [0]" if start else f"{more} items, each {_value(value[0])}"


def _named(path: places.Path) -> str:
    """A field of the payload by its name, anything deeper by its place."""
    at_the_top = len(path) == 1 or (len(path) == 2 and path[0] == "payload")
    return as_json(path[-1]) if at_the_top and isinstance(path[-1], str) else clean(places.show(path))


def _value(value: Any) -> str:
    return as_json(value, _MOST_OF_A_VALUE)
