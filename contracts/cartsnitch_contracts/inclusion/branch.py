"""One way through the alternatives: what is assumed of a value of one type, and the choices still open.

Before a choice is made, the alternatives that clash with what is assumed are dropped, and so are the choices
that it already settles. That keeps a union of sixty tagged variants small: the tag settles all others.
"""

from collections.abc import Callable
from functools import partial

from cartsnitch_contracts.inclusion.clock import Clock
from cartsnitch_contracts.inclusion.facts import Facts
from cartsnitch_contracts.inclusion.formula import ANY, All, Formula, Lazy, Literal, Opaque, Some, Types
from cartsnitch_contracts.inclusion.table import Formulas

_PARTS_OF_A_STEP = 50
_LOOK_AHEAD = 4  # references that are followed to see whether an alternative clashes


class Views:
    """Formulas as they look for a value whose type is known."""

    def __init__(self, table: Formulas, expand: Callable[[Lazy], Formula], clock: Clock) -> None:
        self.table = table
        self.clock = clock
        self.expand = expand
        self._known: dict[tuple[Formula, int], Formula] = {}

    def of(self, formula: Formula, kind_of: int) -> Formula:
        """The formula for values of this type: no other type's literals are left in it."""
        match formula:
            case Types(mask=mask):
                return self.table.true if mask & kind_of else self.table.false
            case Literal():
                return formula if formula.type == kind_of else self.table.true
            case All() | Some():
                key = (formula, kind_of)
                if key not in self._known:
                    parts = [self.of(part, kind_of) for part in formula.parts]
                    join = self.table.all_of if isinstance(formula, All) else self.table.any_of
                    neutral = self.table.true if isinstance(formula, All) else self.table.false
                    left = [part for part in parts if part is not neutral]
                    self._known[key] = left[0] if len(left) == 1 else join(left)
                return self._known[key]
        return formula

    def expanded(self, lazy: Lazy, kind_of: int) -> Formula:
        """What a lazy formula says of values of this type."""
        return self.of(self.expand(lazy), kind_of)

    def types(self, formula: Formula, depth: int = _LOOK_AHEAD) -> int:
        """The types that a formula allows, as far as that is plain to see."""
        match formula:
            case Types(mask=mask):
                return mask
            case Lazy() if depth:
                return self.types(self.expand(formula), depth - 1)
            case All(parts=parts):
                seen = ANY
                for part in parts:
                    if not isinstance(part, Literal):
                        seen &= self.types(part, depth)
                return seen
        return ANY


class Branch:
    """Assumptions and open choices; `closed` once they contradict each other."""

    def __init__(self, views: Views, kind_of: int) -> None:
        self._views = views
        self.type = kind_of
        self.facts = Facts(views.table, kind_of)
        self.atoms: dict[Formula, None] = {}
        self.clauses: list[Some] = []
        self.opaque: Opaque | None = None
        self.closed = False
        self._folded: list[Lazy] = []
        self._seen: dict[Formula, bool | None] = {}

    def with_choice(self, clause: Some, alternative: Formula) -> "Branch":
        """This branch with one open choice made."""
        branch = Branch(self._views, self.type)
        branch.facts = self.facts.copy()
        branch.atoms = dict(self.atoms)
        branch.clauses = [other for other in self.clauses if other is not clause]
        branch.opaque = self.opaque
        branch.assume(alternative)
        return branch

    def assume(self, formula: Formula) -> None:
        """Add an assumption."""
        for part in formula.parts if isinstance(formula, All) else (formula,):
            self._assume(self._views.of(part, self.type))

    def _assume(self, part: Formula) -> None:
        if part in self.atoms:
            return
        match part:
            case All():
                self.assume(part)
            case Some():
                self.clauses.append(part)
            case Types():
                self.closed |= not part.mask
            case Literal():
                self.closed |= self._views.table.clashes(part, self.atoms)
                self.atoms[part] = None
                self.facts.add(part)
                self._seen.clear()
            case Lazy() | Opaque():
                self.closed |= self._views.table.negate(part) in self.atoms
                self.atoms[part] = None
                self._seen.clear()
                if isinstance(part, Lazy):
                    self._folded.append(part)
                else:
                    self.opaque = part

    def settle(self) -> None:
        """Follow what is assumed as far as it forces anything."""
        changed = True
        while changed and not self.closed:
            changed = self._narrow()
            if not changed and self._folded:
                folded, self._folded = self._folded, []
                for lazy in folded:
                    self.assume(self._views.expand(lazy))
                changed = True

    def _narrow(self) -> bool:
        """Drop what clashes from the open choices; whether something new is assumed."""
        clauses, self.clauses = self.clauses, []
        changed = False
        for clause in clauses:
            left = self._left(clause)
            if left is None:
                continue
            if not left:
                self.closed = True
            if len(left) == 1:
                self.assume(left[0])
                changed = True
            elif len(left) < len(clause.parts):
                self.assume(self._views.table.any_of(left))
            else:
                self.clauses.append(clause)
        return changed

    def _left(self, clause: Some) -> list[Formula] | None:
        """The alternatives that are still possible; None when one holds anyway."""
        self._views.clock.tick(len(clause.parts) // _PARTS_OF_A_STEP)
        left = []
        for part in clause.parts:
            holds = self.truth(part)
            if holds:
                return None
            if holds is None:
                left.append(part)
        return left

    def truth(self, formula: Formula, depth: int = _LOOK_AHEAD) -> bool | None:
        """Whether a formula is settled by the assumptions, seen at a glance; None when it is not."""
        if formula in self.atoms:
            return True
        if formula not in self._seen:
            self._seen[formula] = self._truth(formula, depth)
        return self._seen[formula]

    def _truth(self, formula: Formula, depth: int) -> bool | None:
        match formula:
            case Types():
                return bool(formula.mask & self.type)
            case Literal():
                return self.facts.truth(formula) if formula.type == self.type else True
            case All() | Some():
                decisive = isinstance(formula, Some)
                found = set(map(partial(self.truth, depth=depth), formula.parts))
                return decisive if decisive in found else None if None in found else not decisive
            case Lazy() if depth and self._views.table.negate(formula) not in self.atoms:
                return self.truth(self._views.expanded(formula, self.type), depth - 1)
        return False if self._views.table.negate(formula) in self.atoms else None

    def next_choice(self) -> Some | None:
        """The choice to make next: first between whole variants, then the one with the fewest ways."""
        return min(self.clauses, key=_eagerness, default=None)


def _eagerness(clause: Some) -> tuple[bool, int]:
    return any(isinstance(part, Literal) for part in clause.parts), len(clause.parts)
