"""`unevaluatedProperties` and `unevaluatedItems`: what is left over depends on which parts of a schema held.

So the parts are told as *cases*: under this condition at least these names and items were looked at. A larger
case is never worse for the value, hence it is enough that some case whose condition holds leaves over only
what the keyword allows; that the case is the largest one need not be said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.inclusion.formula import Formula, Type
from cartsnitch_contracts.inclusion.resolve import Node
from cartsnitch_contracts.inclusion.table import Formulas

if TYPE_CHECKING:
    from cartsnitch_contracts.inclusion.compile import Compiler, Scope

_MOST_CASES = 100


class _TooManyError(Exception):
    """The cases cannot be told one by one."""


@dataclass(frozen=True)
class Case:
    """Under a condition these were looked at: names, first items (None: all), items that are `matching`."""

    condition: Formula
    names: Formula
    prefix: int | None
    matching: Formula

    def with_condition(self, table: Formulas, condition: Formula) -> "Case":
        """The same under one condition more."""
        return Case(table.all_of([self.condition, condition]), self.names, self.prefix, self.matching)


def unevaluated(compiler: "Compiler", node: Node, scope: "Scope", kind_of: int, rest: Formula) -> Formula:
    """What the keyword says: everything that no part has looked at is `rest`."""
    table = compiler.table
    if rest is table.true:
        return rest
    try:
        cases = _Cases(compiler, kind_of).of(node, scope, inner=False)
    except _TooManyError:
        return table.opaque((node, scope, kind_of), "unevaluated* over too many cases")
    said = []
    for case in cases:
        if kind_of == Type.OBJECT:
            left = table.every_property(table.negate(case.names), rest)
        elif case.prefix is None:
            left = table.true
        else:
            left = table.every_item(case.prefix, None, table.any_of([rest, case.matching]))
        said.append(table.all_of([case.condition, left]))
    return table.any_of(said)


class _Cases:
    def __init__(self, compiler: "Compiler", kind_of: int) -> None:
        self._compiler = compiler
        self._table = compiler.table
        self._kind_of = kind_of
        self._open: set[tuple[Node, Scope]] = set()
        self._nothing = Case(self._table.true, self._table.false, 0, self._table.false)

    def of(self, node: Node, scope: "Scope", *, inner: bool = True) -> list[Case]:
        """The cases of a part that holds; `inner` when its own unevaluated* has looked at all it allows."""
        if not isinstance(node.schema, dict):
            return [self._nothing]
        if (node, scope) in self._open:
            raise _TooManyError
        self._open.add((node, scope))
        cases = [self._own(node, scope, inner)]
        for group in self._groups(node, scope):
            cases = self._joined(cases, group)
        self._open.discard((node, scope))
        return cases

    def _own(self, node: Node, scope: "Scope", inner: bool) -> Case:
        schema, table = node.schema, self._table
        if self._kind_of == Type.OBJECT:
            if "additionalProperties" in schema or (inner and "unevaluatedProperties" in schema):
                return Case(table.true, table.true, 0, table.false)
            names = [table.literal(Type.STRING, "pattern", p) for p in schema.get("patternProperties", ())]
            if schema.get("properties"):
                names.append(table.name(*schema["properties"]))
            return Case(table.true, table.any_of(names), 0, table.false)
        if "items" in schema or (inner and "unevaluatedItems" in schema):
            return Case(table.true, table.false, None, table.false)
        matching = (
            self._compiler.child(node, schema["contains"], scope) if "contains" in schema else table.false
        )
        return Case(table.true, table.false, len(schema.get("prefixItems", ())), matching)

    def _groups(self, node: Node, scope: "Scope") -> Iterable[list[Case]]:
        """For each keyword in place, the cases that it adds, one of which applies."""
        table, enter = self._table, self._compiler.enter
        schema = node.schema
        for keyword in sorted(keywords.REFERENCES & schema.keys()):
            target = self._compiler.target(node, keyword, scope)
            if target is None:
                raise _TooManyError
            yield self.of(*target)
        for part in schema.get("allOf", ()):
            yield self.of(*enter(node, part, scope))
        for part in schema.get("anyOf", ()):
            yield [self._nothing, *self._if_holds(node, part, scope)]
        if "oneOf" in schema:
            yield [case for part in schema["oneOf"] for case in self._if_holds(node, part, scope)]
        if "if" in schema:
            condition = self._compiler.child(node, schema["if"], scope)
            then = self.of(*enter(node, schema.get("then", True), scope))
            other = self.of(*enter(node, schema.get("else", True), scope))
            held = self._joined(self._if_holds(node, schema["if"], scope), then)
            yield [*held, *(case.with_condition(table, table.negate(condition)) for case in other)]
        for name, part in schema.get("dependentSchemas", {}).items():
            # What is said of properties holds of anything but an object: here only objects count.
            has = table.some_property(table.name(name), table.true)
            present = table.all_of([table.types(Type.OBJECT), has])
            cases = self.of(*enter(node, part, scope))
            yield [self._nothing, *(case.with_condition(table, present) for case in cases)]

    def _if_holds(self, node: Node, part: object, scope: "Scope") -> list[Case]:
        condition = self._compiler.child(node, part, scope)
        cases = self.of(*self._compiler.enter(node, part, scope))
        return [case.with_condition(self._table, condition) for case in cases]

    def _joined(self, cases: list[Case], group: list[Case]) -> list[Case]:
        if all((c.names, c.prefix, c.matching) == (self._table.false, 0, self._table.false) for c in group):
            return cases
        # One of the group always applies, so to a case that has looked at everything it adds nothing.
        whole = [case for case in cases if case.names is self._table.true or case.prefix is None]
        others = [case for case in cases if case not in whole]
        joined = dict.fromkeys([*whole, *(self._both(one, other) for one, other in product(others, group))])
        if len(joined) > _MOST_CASES:
            raise _TooManyError
        return list(joined)

    def _both(self, one: Case, other: Case) -> Case:
        table = self._table
        return Case(
            condition=table.all_of([one.condition, other.condition]),
            names=table.any_of([one.names, other.names]),
            prefix=None if one.prefix is None or other.prefix is None else max(one.prefix, other.prefix),
            matching=table.any_of([one.matching, other.matching]),
        )
