"""What is different between two versions of a channel's two schemas, place by place."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from cartsnitch_contracts.diff.canonical import Schema
from cartsnitch_contracts.diff.fields import Field, fields, same
from cartsnitch_contracts.places import Path

type Fields = dict[Path, Field]


@dataclass(frozen=True, eq=False)
class Sides:
    """The fields that one version's writer and reader declare."""

    writer: Fields
    reader: Fields

    @classmethod
    def of(cls, writer: Schema, reader: Schema) -> "Sides":
        """Read two schemas."""
        return cls(fields(writer), fields(reader))

    @property
    def places(self) -> dict[Path, Field]:
        """Every place that either side declares."""
        return {**self.reader, **self.writer}

    def required(self, path: Path) -> bool:
        """Whether readers demand the field; whether it is always sent, where they do not know it."""
        side = self.reader if path in self.reader else self.writer
        return path in side and side[path].required


@dataclass(frozen=True)
class Change:
    """One change; `new_path` is set when a removed field seems to live on under another name."""

    rule: str
    path: Path
    summary: str
    new_path: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The places that it touches."""
        return (self.path,) if self.new_path is None else (self.path, self.new_path)


def changes(old: Sides, new: Sides) -> list[Change]:
    """Every change, in the order of the old version's places; none for versions that say the same."""
    kept = [path for path in old.places if path in new.places]
    changed = [change for path in kept for change in _changed(path, old, new)]
    replaced = {change.path for change in changed if change.rule == "type-changed"}
    removed = [path for path in old.places if _topmost(path, old, new) and path[:-1] not in replaced]
    added = [path for path in new.places if _topmost(path, new, old) and path[:-1] not in replaced]
    renamed = _renamed(removed, added, old, new)
    return [
        *(_removal(path, renamed.get(path), old) for path in removed),
        *(_addition(path, new) for path in added if path not in renamed.values()),
        *changed,
    ]


def _topmost(path: Path, here: Sides, there: Sides) -> bool:
    """Whether a side here declares the place and there does not, though it declares what holds it."""
    pairs = ((here.writer, there.writer), (here.reader, there.reader))
    return any(path in ours and path not in theirs and path[:-1] in theirs for ours, theirs in pairs)


def _removal(path: Path, new_path: Path | None, old: Sides) -> Change:
    required = old.required(path)
    summary = f"{'removed' if new_path is None else 'renamed'}, {'required' if required else 'optional'}"
    return Change("field-removed" if required else "optional-field-removed", path, summary, new_path)


def _addition(path: Path, new: Sides) -> Change:
    required = path in new.reader and new.reader[path].required
    summary = f"added, {'required' if required else 'optional'}"
    return Change("required-field-added" if required else "optional-field-added", path, summary)


def _changed(path: Path, old: Sides, new: Sides) -> Iterator[Change]:
    pairs = [
        (before[path], after[path])
        for before, after in ((old.writer, new.writer), (old.reader, new.reader))
        if path in before and path in after
    ]
    if any(after.required and not before.required for before, after in pairs):
        yield Change("field-made-required", path, "optional -> required")
    if any(before.required and not after.required for before, after in pairs):
        yield Change("field-made-optional", path, "required -> optional")
    touched = [(before, after) for before, after in pairs if not same(before.own, after.own)]
    retyped = [(before.type, after.type) for before, after in touched if before.type != after.type]
    if retyped:
        yield Change("type-changed", path, " -> ".join(retyped[-1]))
    elif touched:
        yield Change("constraint-changed", path, "other values are allowed")


def _renamed(removed: list[Path], added: list[Path], old: Sides, new: Sides) -> dict[Path, Path]:
    """Guess which added field is which removed one: the same object, the same schema, a name alike."""
    pairs = [
        (_likeness(gone, came), gone, came)
        for gone in removed
        for came in added
        if gone[:-1] == came[:-1]
        and same(old.places[gone].schema, new.places[came].schema)
        and old.required(gone) == new.required(came)
    ]
    guesses: dict[Path, Path] = {}
    for likeness, gone, came in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= 0.5 and gone not in guesses and came not in guesses.values():
            guesses[gone] = came
    return guesses


def _likeness(gone: Path, came: Path) -> float:
    one, other = str(gone[-1]), str(came[-1])
    if one in other or other in one:
        return 1.0
    return difflib.SequenceMatcher(None, one, other).ratio()
