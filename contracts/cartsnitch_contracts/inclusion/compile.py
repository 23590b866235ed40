"""From schemas to formulas, one part at a time and only when it is looked at.

A schema inside a property or an item becomes a `Lazy` formula, named by its class: the solver asks for its
meaning when a value of it matters. So recursion costs nothing here, and two equal parts are one formula.
"""

from typing import Any

from cartsnitch_contracts.inclusion import keywords, literals
from cartsnitch_contracts.inclusion.classes import Classes
from cartsnitch_contracts.inclusion.formula import Formula, Lazy, Type
from cartsnitch_contracts.inclusion.resolve import Node
from cartsnitch_contracts.inclusion.table import Formulas
from cartsnitch_contracts.inclusion.tags import exactly_one
from cartsnitch_contracts.inclusion.unevaluated import unevaluated

type Scope = tuple[str, ...]


class Compiler:
    """Gives schemas their meaning; formulas come from `table`."""

    def __init__(self, table: Formulas, classes: Classes) -> None:
        self.table = table
        self._classes = classes
        self._nodes: dict[Any, tuple[Node, Scope]] = {}
        self._known: dict[Any, Formula] = {}
        self._open: set[Any] = set()

    def root(self, node: Node) -> Formula:
        """What a whole schema says."""
        return self.lazy(node, (node.base,) if node.document.dynamic else ())

    def lazy(self, node: Node, scope: Scope) -> Formula:
        """A part to be looked at later; at once when it says nothing or refuses all."""
        node = self._classes.settle(node)
        if node.schema is True or node.schema == {}:
            return self.table.true
        if node.schema is False:
            return self.table.false
        key = (self._classes.of(node), scope)
        node, _ = self._nodes.setdefault(key, (node, scope))
        if not any(keyword in _HOLDS_SCHEMAS for keyword in node.schema):
            return self.meaning(key)
        return self.table.lazy(key)

    def expand(self, lazy: Lazy) -> Formula:
        """What a lazy formula stands for."""
        meaning = self.meaning(lazy.key)
        return meaning if lazy.positive else self.table.negate(meaning)

    def meaning(self, key: Any) -> Formula:
        """What the part of that key says."""
        known = self._known.get(key)
        if known is None:
            if key in self._open:
                return self.table.opaque(key, "a schema refers to itself without a step into the value")
            self._open.add(key)
            known = self._known[key] = self.table.all_of(self._keywords(*self._nodes[key]))
            self._open.discard(key)
        return known

    def child(self, node: Node, schema: Any, scope: Scope) -> Formula:
        """The schema that stands directly inside another."""
        return self.lazy(*self.enter(node, schema, scope))

    def enter(self, node: Node, schema: Any, scope: Scope) -> tuple[Node, Scope]:
        """The node of a schema inside another, and the way to it."""
        inner = node.document.inside(node, schema)
        return inner, _through(inner, scope)

    def target(self, node: Node, keyword: str, scope: Scope) -> tuple[Node, Scope] | None:
        """Where `$ref` or `$dynamicRef` leads; None when that is not in the schema, or not plain."""
        reference, document = node.schema[keyword], node.document
        found = document.dynamic_target(node, reference, scope)
        # By the standard a `$ref` never depends on the way; in jsonschema-rs one to a `$dynamicAnchor` does.
        if found is None or (keyword == "$ref" and found is not document.follow(node, reference)):
            return None
        return found, _through(found, scope)

    def _keywords(self, node: Node, scope: Scope) -> list[Formula]:
        schema, table = node.schema, self.table
        said = literals.plain(table, schema)
        children = {
            place: self.child(node, part, scope) for place, part in keywords.parts(schema, keywords.SCHEMAS)
        }
        said += self._references(node, scope)
        said += [part for place, part in children.items() if place[0] == "allOf"]
        if "anyOf" in schema:
            said.append(table.any_of(_under("anyOf", children)))
        if "oneOf" in schema:
            said += exactly_one(table, _under("oneOf", children), self.expand)
        if "not" in schema:
            said.append(table.negate(children["not",]))
        if "if" in schema:
            condition = children["if",]
            said.append(table.any_of([table.negate(condition), children.get(("then",), table.true)]))
            said.append(table.any_of([condition, children.get(("else",), table.true)]))
        said += [
            table.any_of([table.some_property(table.name(str(place[1])), table.true, positive=False), part])
            for place, part in children.items()
            if place[0] == "dependentSchemas"
        ]
        said += literals.members(table, schema, children)
        said += literals.elements(table, schema, children)
        for keyword, kind_of in (("unevaluatedProperties", Type.OBJECT), ("unevaluatedItems", Type.ARRAY)):
            if keyword in schema:
                said.append(unevaluated(self, node, scope, kind_of, children[keyword,]))
        return said

    def _references(self, node: Node, scope: Scope) -> list[Formula]:
        said: list[Formula] = []
        for keyword in keywords.REFERENCES & node.schema.keys():
            target = self.target(node, keyword, scope)
            if target is None:
                key = (node.document, node.document.address(node, node.schema[keyword]), scope)
                said.append(self.table.opaque(key, "a reference leads out, or validators differ on where"))
            else:
                said.append(self.lazy(*target))
        return said


_HOLDS_SCHEMAS = keywords.SCHEMAS | keywords.REFERENCES


def _under(keyword: str, children: dict[keywords.Place, Formula]) -> list[Formula]:
    return [part for place, part in children.items() if place[0] == keyword]


def _through(node: Node, scope: Scope) -> Scope:
    return scope if not scope or node.base in scope else (*scope, node.base)
