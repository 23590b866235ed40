"""Is there a value that satisfies a formula? The search that answers it, lazily and once per formula.

Type by type, the formula is taken apart into branches (see `branch`); what a branch says of numbers, texts,
arrays and objects is answered by those who know them, who come back here for the values inside. A value found
is a model; when every branch closes there is none, and that is a proof.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cartsnitch_contracts.inclusion.arrays import find_array
from cartsnitch_contracts.inclusion.branch import Branch, Views
from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.formula import TYPES, Formula, Lazy, Literal, Type
from cartsnitch_contracts.inclusion.literals import constant
from cartsnitch_contracts.inclusion.memory import Memory, Model
from cartsnitch_contracts.inclusion.objects import find_object
from cartsnitch_contracts.inclusion.scalars import Scalars
from cartsnitch_contracts.inclusion.table import Formulas

_LARGEST = 20_000


class Solver:
    """Answers questions about formulas of one table.

    With `hopeful`, what is not understood counts as satisfied: models are then guesses, to be confirmed.
    """

    def __init__(
        self, table: Formulas, expand: Callable[[Lazy], Formula], clock: Clock, *, hopeful: bool = False
    ) -> None:
        self.table = table
        self.views = Views(table, expand, clock)
        self.clock = clock
        self.cells: dict[Any, Any] = {}
        self._hopeful = hopeful
        self._memory = Memory()
        self._scalars = Scalars(clock)

    def model(self, formula: Formula) -> Model | None:
        """A value that satisfies the formula; None when there is none.

        Raises:
            UndecidedError: it cannot be told, or not within the budget.
        """
        if formula is self.table.false:
            return None
        return self._memory.ask(formula, self._find)

    def several(self, formula: Formula, count: int) -> list[Model]:
        """So many different values that satisfy the formula; fewer when there are no more."""
        found: list[Model] = []
        while len(found) < count:
            self.clock.tick()
            model = self.model(formula)
            if model is None:
                break
            found.append(model)
            formula = self.table.all_of([formula, self.table.negate(constant(self.table, model.value))])
        return found

    def name(self, names: Formula) -> Model | None:
        """A text among these names."""
        return self.model(self.table.all_of([names, self.table.types(Type.STRING)]))

    def _find(self, formula: Formula) -> Model | None:
        undecided: UndecidedError | None = None
        mask = self.views.types(formula)
        for kind_of in TYPES:
            if not mask & kind_of:
                continue
            try:
                model = self._of_type(formula, kind_of)
            except UndecidedError as error:
                undecided = error
                continue
            if model is not None:
                return model
        if undecided:
            raise undecided
        return None

    def _of_type(self, formula: Formula, kind_of: int) -> Model | None:
        start = Branch(self.views, kind_of)
        start.assume(formula)
        branches = [start]
        undecided: UndecidedError | None = None
        while branches:
            self.clock.tick()
            branch = branches.pop()
            branch.settle()
            if branch.closed:
                continue
            choice = branch.next_choice()
            ways = [part for part in choice.parts if self._is_possible(branch, part)] if choice else []
            try:
                # A branch that is empty before a choice is made is so after it, whichever way is taken.
                if choice is None or len(ways) > 1:
                    model = self._literals(branch)
                    if model is None:
                        continue
                    if choice is None:
                        return self._acceptable(model, branch)
            except UndecidedError as error:
                undecided = undecided if choice else error  # with a choice open, each way is asked again
            if choice is not None:
                branches += [branch.with_choice(choice, part) for part in reversed(ways)]
        if undecided:
            raise undecided
        return None

    def _is_possible(self, branch: Branch, part: Formula) -> bool:
        """Whether the one value inside that an alternative speaks of exists; true when it cannot be told."""
        inside = branch.facts.inside(part)
        try:
            return inside is None or self.model(inside) is not None
        except UndecidedError:
            return True

    def _acceptable(self, model: Model, branch: Branch) -> Model:
        if branch.opaque and not self._hopeful:
            raise UndecidedError(branch.opaque.reason)
        if model.size > _LARGEST:
            raise UndecidedError("the smallest value is too large to be written down")
        return model

    def _literals(self, branch: Branch) -> Model | None:
        """A value for what a branch assumes, its open choices aside."""
        literals: Sequence[Literal] = [atom for atom in branch.atoms if isinstance(atom, Literal)]
        match branch.type:
            case Type.NULL:
                return Model(None)
            case Type.FALSE | Type.TRUE:
                return Model(branch.type == Type.TRUE)
            case Type.NUMBER:
                return self._scalars.number(literals)
            case Type.STRING:
                return self._scalars.text(literals)
            case Type.ARRAY:
                return find_array(self, literals)
            case Type.OBJECT:
                return find_object(self, literals)
        raise ValueError(branch.type)
