"""The table that makes formulas, and simplifies them as far as that costs nothing.

What is folded here needs no search: a part beside its opposite, types that exclude each other, constants that
cannot be equal. Everything else is left to the solver.
"""

from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cartsnitch_contracts.inclusion.formula import ANY, All, Formula, Lazy, Literal, Opaque, Some, Type, Types

_CONSTANT_TYPES = (Type.NUMBER, Type.STRING)


@dataclass
class Table:
    """Makes formulas, and remembers each; those of one decision come from one table."""

    _made: dict[tuple[Hashable, ...], Any] = field(default_factory=dict)
    _opposites: dict[Formula, Formula] = field(default_factory=dict)
    _pairs: dict[tuple[Formula, Formula], Formula] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.true = self.types(ANY)
        self.false = self.types(0)
        self._opposites |= {self.true: self.false, self.false: self.true}

    def _make[F: Formula](self, kind: type[F], *arguments: Hashable) -> F:
        key = (kind, *arguments)
        made: F | None = self._made.get(key)
        if made is None:
            made = self._made[key] = kind(len(self._made), *arguments)
        return made

    def types(self, mask: int) -> Types:
        """The value is of one of these types."""
        return self._make(Types, mask)

    def literal(
        self, kind_of: int, kind: str, argument: Hashable = None, *, positive: bool = True
    ) -> Formula:
        """A literal, or plain truth and the plain types where that is what it says."""
        if kind in ("longer", "length", "size") and argument == 0:
            return self._vacuous(kind_of, positive)
        if kind == "in" and not argument:
            return self._vacuous(kind_of, not positive)
        return self._make(Literal, kind_of, kind, argument, positive)

    def _vacuous(self, kind_of: int, holds: bool) -> Formula:
        return self.true if holds else self.types(ANY & ~kind_of)

    def opposite(self, literal: Literal) -> Formula:
        """The opposite under the same type: the literal with its sign turned."""
        return self._make(Literal, literal.type, literal.kind, literal.argument, not literal.positive)

    def clashes(self, literal: Literal, others: Container[Formula]) -> bool:
        """Whether the opposite of a literal is among others."""
        key = (Literal, literal.type, literal.kind, literal.argument, not literal.positive)
        return self._made.get(key) in others

    def negate(self, formula: Formula) -> Formula:
        """What holds exactly where the formula does not."""
        known = self._opposites.get(formula)
        if known is None:
            known = self._negated(formula)
            self._opposites[formula] = known
            self._opposites.setdefault(known, formula)
        return known

    def _negated(self, formula: Formula) -> Formula:
        match formula:
            case Types(mask=mask):
                return self.types(ANY & ~mask)
            case Literal(type=kind_of):
                return self._joined(All, [self.types(kind_of), self.opposite(formula)], self.true)
            case Lazy(key=key, positive=positive):
                return self._make(Lazy, key, not positive)
            case Opaque(key=key, reason=reason, positive=positive):
                return self._make(Opaque, key, reason, not positive)
            case All(parts=parts):
                return self.any_of([self.negate(part) for part in parts])
            case Some(parts=parts):
                return self.all_of([self.negate(part) for part in parts])
        raise TypeError(formula)

    def both(self, one: Formula, other: Formula) -> Formula:
        """Both hold; remembered, for the pairs that are asked about again and again."""
        if one is other or other is self.true:
            return one
        if one is self.true:
            return other
        joined = self._pairs.get((one, other))
        if joined is None:
            joined = self._pairs[one, other] = self.all_of((one, other))
        return joined

    def all_of(self, parts: Iterable[Formula]) -> Formula:
        """Each of these holds."""
        mask = ANY
        kept: dict[Formula, None] = {}
        for part in _flat(parts, All):
            if isinstance(part, Types):
                mask &= part.mask
            else:
                kept[part] = None
        mask = self._constants(kept, mask)
        for part in kept:
            if isinstance(part, Literal):
                if part.type & mask and self.clashes(part, kept):
                    mask &= ~part.type
            elif self._opposites.get(part) in kept or (isinstance(part, Lazy) and self.negate(part) in kept):
                return self.false
        if not mask:
            return self.false
        rest = [part for part in kept if not isinstance(part, Literal) or part.type & mask]
        if mask != ANY:
            rest.append(self.types(mask))
        return self._joined(All, rest, self.true)

    def _constants(self, kept: dict[Formula, None], mask: int) -> int:
        """Join what is said of constants into one literal per type; the types that are left."""
        constants = [part for part in kept if isinstance(part, Literal) and part.kind == "in"]
        if len(constants) < 2:
            return mask
        for kind_of in _CONSTANT_TYPES:
            own = [part for part in constants if part.type == kind_of]
            if len(own) < 2:
                continue
            for part in own:
                del kept[part]
            never = frozenset[Any]().union(*(part.argument for part in own if not part.positive))
            only = [part.argument for part in own if part.positive]
            if only:
                left = frozenset[Any].intersection(*only) - never
                mask = mask if left else mask & ~kind_of
                joined = self.literal(kind_of, "in", left)
            else:
                joined = self.literal(kind_of, "in", never, positive=False)
            if isinstance(joined, Literal):
                kept[joined] = None
        return mask

    def any_of(self, parts: Iterable[Formula]) -> Formula:
        """One of these holds, or several do."""
        mask = 0
        kept: dict[Formula, None] = {}
        spoken_of = 0
        for part in _flat(parts, Some):
            if isinstance(part, Types):
                mask |= part.mask
                continue
            if isinstance(part, Literal):
                spoken_of |= part.type
                if self.clashes(part, kept):
                    return self.true
            elif isinstance(part, Lazy | Opaque) and self.negate(part) in kept:
                return self.true
            kept[part] = None
        # A literal holds for every value of another type: two of them for all, one for all but its own type.
        if mask == ANY or mask & spoken_of or spoken_of.bit_count() > 1:
            return self.true
        rest = list(kept)
        if mask and not spoken_of:
            rest.append(self.types(mask))
        return self._joined(Some, rest, self.false)

    def _joined(self, kind: type[All] | type[Some], parts: list[Formula], empty: Formula) -> Formula:
        if len(parts) < 2:
            return parts[0] if parts else empty
        parts.sort(key=lambda part: part.order)
        return self._make(kind, tuple(parts))


def _flat(parts: Iterable[Formula], kind: type[All] | type[Some]) -> Iterable[Formula]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part
