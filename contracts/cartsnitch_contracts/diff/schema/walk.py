"""Two versions of one schema, walked side by side: the places at which they differ."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts.diff.schema.field import Field, Shape
from cartsnitch_contracts.diff.schema.locate import Tags, child, kind
from cartsnitch_contracts.diff.schema.pairs import bare, pairs, shared
from cartsnitch_contracts.diff.schema.shape import Root, same, text
from cartsnitch_contracts.inclusion import Verdict, decide
from cartsnitch_contracts.places import EACH, Path, Step

MOST = 1_000
"""So many differences are told one by one; a schema that differs in more is another schema."""
_DEEPEST = 60
_PROOFS = 100
"""So many places are proved to differ in more than words; beyond, they are taken to differ."""


@dataclass(frozen=True, eq=False)
class Difference:
    """One place at which two versions of a schema differ.

    Attributes:
        path: the place.
        old: what the old version says of it; None where it does not declare it.
        new: what the new version says of it.
        presence: whether it is about the field being there, and not about its value.
        own: whether what is declared below the place has differences of its own.
        tagged: the tags that lead to it.
    """

    path: Path
    old: Field | None
    new: Field | None
    presence: bool
    own: bool = False
    tagged: Tags = ()


@dataclass
class _Walk:
    old: Root
    new: Root
    active: set[tuple[int, int]] = field(default_factory=set)
    clean: set[tuple[int, int]] = field(default_factory=set)
    proofs: int = 0
    count: int = 0
    alike: bool = False

    def nodes(self, before: Any, after: Any, path: Path, tagged: Tags) -> Iterator[Difference]:
        if self.alike and text(before) == text(after):
            return
        one, other = self.old.shape(before), self.new.shape(after)
        pair = (id(one), id(other))
        known = pair in self.active or pair in self.clean
        if known or self.count >= MOST or same(self.old, before, self.new, after):
            return
        self.active.add(pair)
        count = self.count
        yield from self._differing(one, other, path, tagged)
        self.active.discard(pair)
        if self.count == count:
            self.clean.add(pair)

    def _differing(self, one: Shape, other: Shape, path: Path, tagged: Tags) -> Iterator[Difference]:
        found = pairs(self.old, one, self.new, other) if len(path) < _DEEPEST else []
        for tag, before, after in found:
            inside = tagged if tag is None else (*tagged, (path, tag))
            yield from self._children(before, after, path, inside)
        yield from self._value(one, other, path, tagged, own=bool(found))

    def _children(self, before: Shape, after: Shape, path: Path, tagged: Tags) -> Iterator[Difference]:
        for step in _steps(before, after):
            old, new = child(before, step), child(after, step)
            place = (*path, step)
            was, now = _field(self.old, before, old, place), _field(self.new, after, new, place)
            if (was is None) != (now is None) or (was and now and was.required != now.required):
                self.count += 1
                yield Difference(place, was, now, presence=True, tagged=tagged)
            if was is not None and now is not None:
                yield from self.nodes(old, new, place, tagged)

    def _value(
        self, one: Shape, other: Shape, path: Path, tagged: Tags, *, own: bool
    ) -> Iterator[Difference]:
        """The difference of the place itself, unless both versions allow the same."""
        if own:
            before, after = bare(self.old, one, self.new, other)
        else:
            before, after = self.old.alone(one), self.new.alone(other)
        if text(before) == text(after) or self._equivalent(before, after):
            return
        self.count += 1
        yield Difference(path, Field(path, one), Field(path, other), presence=False, own=own, tagged=tagged)

    def _equivalent(self, one: Any, other: Any) -> bool:
        """Whether both are proved to allow the same."""
        self.proofs -= 1
        if self.proofs < 0:
            return False
        return all(decide(*pair).verdict is Verdict.COMPATIBLE for pair in ((one, other), (other, one)))


def differences(old: Root, new: Root, *, proved: bool = True) -> list[Difference]:
    """Every place at which the two differ; none for schemas that allow the same.

    With `proved`, places that only differ in words are left out, as far as that can be proved.
    """
    walk = _Walk(old, new, proofs=_PROOFS if proved else 0)
    walk.alike = text(_defined(old)) == text(_defined(new))
    if not (old.plain and new.plain):
        return list(walk._value(old.schema, new.schema, (), (), own=False))
    return list(walk.nodes(old.schema, new.schema, (), ()))


def _steps(before: Shape, after: Shape) -> list[Step]:
    if kind(before) == "object":
        names: list[Step] = list(dict.fromkeys((*before.get("properties", {}), *after.get("properties", {}))))
        return [*names, EACH] if "additionalProperties" in shared(before, after) else names
    words = shared(before, after)
    positions: list[Step] = list(range(len(before.get("prefixItems", ())))) if "prefixItems" in words else []
    return [*positions, EACH] if "items" in words else positions


def _field(root: Root, holder: Shape, node: Any, place: Path) -> Field | None:
    if node is None:
        return None
    named = kind(holder) == "object" and place[-1] is not EACH
    return Field(place, root.shape(node), not named or place[-1] in holder.get("required", ()))


def _defined(root: Root) -> Any:
    return root.schema.get("$defs") if isinstance(root.schema, dict) else None
