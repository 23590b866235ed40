"""The difference between two events, place by place."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cartsnitch_contracts import places
from cartsnitch_contracts.document import Event
from cartsnitch_contracts.validation import brief

ABSENT: Final = object()
"""The value of a place that is not there."""


@dataclass(frozen=True, eq=False)
class Change:
    """One place whose value differs."""

    path: places.Path
    old: Any
    new: Any

    @property
    def place(self) -> str:
        """Where, as people write it: `payload.prices[0].sale_price`."""
        return places.show(self.path)

    @property
    def field(self) -> str:
        """The name of the innermost field around it: `sale_price`."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "event")

    def __str__(self) -> str:
        return f"{self.place}    {shown(self.old)} -> {shown(self.new)}"

    def apply(self, event: Event) -> Event:
        """The event with this change."""
        changed: Event
        if self.new is ABSENT:
            changed = places.drop(event, self.path)
        else:
            holder = places.get(event, self.path[:-1])
            grows = isinstance(holder, list) and self.path[-1] == len(holder)
            changed = (
                places.put(event, self.path[:-1], [*holder, self.new])
                if grows
                else places.put(event, self.path, self.new)
            )
        return changed

    def revert(self, event: Event) -> Event:
        """The event that has it without it."""
        return Change(self.path, self.new, self.old).apply(event)


def changes(old: Any, new: Any, path: places.Path = ()) -> list[Change]:
    """What makes `new` of `old`; of lists of different length the last items are added or dropped."""
    return list(_changes(old, new, path))


def apply_all(event: Event, made: Sequence[Change]) -> Event:
    """The event with all of them; items are dropped from the end."""
    for change in made:
        event = change.apply(event)
    return event


def shown(value: Any) -> str:
    """A value as JSON; what is not there is `absent`."""
    return "absent" if value is ABSENT else brief(json.dumps(value, ensure_ascii=False))


def _changes(old: Any, new: Any, path: places.Path) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _changes(old.get(name, ABSENT), new.get(name, ABSENT), (*path, name))
    elif isinstance(old, list) and isinstance(new, list):
        both = min(len(old), len(new))
        for index in range(both):
            yield from _changes(old[index], new[index], (*path, index))
        for index in range(len(old) - 1, both - 1, -1):
            yield Change((*path, index), old[index], ABSENT)
        for index in range(both, len(new)):
            yield Change((*path, index), ABSENT, new[index])
    elif old is ABSENT or new is ABSENT or old != new or type(old) is not type(new):
        yield Change(path, old, new)
