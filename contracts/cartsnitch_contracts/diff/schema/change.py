"""What changed between two versions of what one end sends and the other takes."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cartsnitch_contracts.diff.rule import Rule
from cartsnitch_contracts.diff.rules.schema import PRESENCE, VALUE
from cartsnitch_contracts.diff.schema.field import Field
from cartsnitch_contracts.diff.schema.locate import Tags
from cartsnitch_contracts.diff.schema.shape import Root, same
from cartsnitch_contracts.diff.schema.walk import Difference, differences
from cartsnitch_contracts.places import Path


@dataclass(frozen=True, eq=False)
class Ends:
    """One version of a contract: what its writer sends and its reader takes.

    Attributes:
        writer: JSON Schema of what may be sent.
        reader: JSON Schema of what is accepted.
        examples: payloads that the writer may send, by name.
    """

    writer: Any
    reader: Any
    examples: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def writes(self) -> Root:
        """The writer's schema, ready to be walked."""
        return Root(self.writer)

    @cached_property
    def reads(self) -> Root:
        """The reader's schema, ready to be walked."""
        return self.writes if self.reader is self.writer else Root(self.reader)


@dataclass(frozen=True, eq=False)
class Change:
    """One change.

    Attributes:
        path: the place.
        hits: the rules that it comes under, the most telling first, and what each says in a few words.
        presence: whether it is about the field being there, and not about its value.
        own: whether what lies below the place has changes of its own.
        tagged: the tags of unions that lead to it.
        new_path: where a removed field seems to live on under another name.
    """

    path: Path
    hits: tuple[tuple[Rule, str], ...]
    presence: bool
    own: bool = False
    tagged: Tags = ()
    new_path: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The places that it touches."""
        return (self.path,) if self.new_path is None else (self.path, self.new_path)

    def hit(self, keywords: Sequence[str] = ()) -> tuple[Rule, str]:
        """The rule to name, and its words: one that explains what a reader objects to, or the first."""
        explaining = [hit for hit in self.hits if hit[0].keywords.intersection(keywords)]
        return (explaining or self.hits)[0]


def changes(old: Ends, new: Ends, *, proved: bool = True) -> list[Change]:
    """Every change, removed and added fields first; none for versions that allow the same.

    With `proved`, what differs in words alone is left out, as far as that can be proved.
    """
    sides = [differences(old.reads, new.reads, proved=proved)]
    if not (old.reads is old.writes and new.reads is new.writes):
        sides.append(differences(old.writes, new.writes, proved=proved))
    grouped: dict[tuple[Any, ...], list[Difference]] = {}
    for side in sides:
        for each in side:
            grouped.setdefault((each.path, each.presence, repr(each.tagged)), []).append(each)
    found = [_change(group) for group in grouped.values()]
    removed = [each for each in grouped.values() if each[0].presence and each[0].new is None]
    added = [each for each in grouped.values() if each[0].presence and each[0].old is None]
    renamed = _renamed([each[0] for each in removed], [each[0] for each in added], old, new)
    taken = set(renamed.values())
    named = [
        _named(each, renamed.get(each.path)) for each in found if not (each.presence and each.path in taken)
    ]
    return sorted(named, key=lambda each: not each.presence)


def _change(group: list[Difference]) -> Change:
    first = group[0]
    rules = PRESENCE if first.presence else VALUE
    # Whether a field is demanded is the reader's word; the writer's counts where the reader's did not change.
    told = group[:1] if first.presence else group
    hits = {}
    for rule in rules:
        for each in told:
            words = rule.find(each.old, each.new) if rule.find else None
            if words and rule not in hits:
                hits[rule] = words
    return Change(
        path=first.path,
        hits=tuple(hits.items()),
        presence=first.presence,
        own=all(each.own for each in group),
        tagged=first.tagged,
    )


def _named(change: Change, new_path: Path | None) -> Change:
    if new_path is None:
        return change
    hits = tuple((rule, words.replace("removed", "renamed")) for rule, words in change.hits)
    return Change(change.path, hits, change.presence, change.own, change.tagged, new_path)


def _renamed(removed: list[Difference], added: list[Difference], old: Ends, new: Ends) -> dict[Path, Path]:
    """Guess which added field is which removed one: the same object, the same schema, a name alike."""
    alike = [
        (_likeness(gone.path, came.path), gone.path, came.path)
        for gone in removed
        for came in added
        if gone.path[:-1] == came.path[:-1] and _equal(gone.old, came.new, old, new)
    ]
    guesses: dict[Path, Path] = {}
    for likeness, gone, came in sorted(alike, key=lambda each: -each[0]):
        if likeness >= 0.5 and gone not in guesses and came not in guesses.values():
            guesses[gone] = came
    return guesses


def _equal(gone: Field | None, came: Field | None, old: Ends, new: Ends) -> bool:
    if gone is None or came is None or gone.required != came.required:
        return False
    return same(old.reads, gone.shape, new.reads, came.shape)


def _likeness(gone: Path, came: Path) -> float:
    one, other = str(gone[-1]), str(came[-1])
    if one in other or other in one:
        return 1.0
    return difflib.SequenceMatcher(None, one, other).ratio()
