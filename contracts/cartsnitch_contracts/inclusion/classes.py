"""Which parts of two schemas say the same, seen without understanding them.

Parts start in one class when their own keywords are equal, and are told apart as long as a schema inside
them, or one they refer to, falls in another class. What is never told apart is equal: names of definitions,
titles and the order of keys play no part, and recursion does no harm.
"""

import json
from typing import Any

from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.inclusion.resolve import Document, Node

_ALONE = ("$ref", "allOf", "anyOf", "oneOf")
_UNORDERED = ("type", "required", "enum")


class Classes:
    """The classes of all parts of some documents."""

    def __init__(self, *documents: Document) -> None:
        self._class: dict[Node, int] = {}
        self._settled: dict[Node, Node] = {}
        edges: dict[Node, list[Node]] = {}
        own: dict[Any, int] = {}
        pending = [self.settle(document.root) for document in documents]
        pending += [node for document in documents for node in document.dynamic_anchors.values()]
        while pending:
            node = pending.pop()
            if node not in self._class:
                signature, others = self._signature(node)
                self._class[node] = own.setdefault(signature, len(own))
                if others:
                    edges[node] = others
                    pending.extend(others)
        self._tell_apart(edges, len(own))

    def of(self, node: Node) -> int:
        """The number of a part's class."""
        return self._class[self.settle(node)]

    def _tell_apart(self, edges: dict[Node, list[Node]], start: int) -> None:
        """Split the classes of parts that hold others, from number `start`, until nothing changes."""
        classes, found = self._class, 0
        while True:
            finer: dict[tuple[int, ...], int] = {}
            told = {
                node: (classes[node], *[classes[other] for other in others]) for node, others in edges.items()
            }
            for node, key in told.items():
                classes[node] = finer.setdefault(key, start + len(finer))
            if len(finer) == found:
                return
            found = len(finer)

    def settle(self, node: Node) -> Node:
        """The part that a part merely stands for: a reference alone, an allOf of one."""
        known = self._settled.get(node)
        if known is None:
            known = self._settled[node] = _stands_for(node)
        return known

    def _signature(self, node: Node) -> tuple[Any, list[Node]]:
        schema, document = node.schema, node.document
        if not isinstance(schema, dict):
            return json.dumps(schema), []
        inner = {
            place: document.inside(node, part) for place, part in keywords.parts(schema, keywords.MEANINGFUL)
        }
        lost = "dependencies" in schema  # of older drafts: nobody says whether it may refer, and to what
        for keyword in keywords.REFERENCES & schema.keys():
            target = document.follow(node, schema[keyword])
            lost |= target is None
            if target is not None:
                inner[(keyword,)] = target
        said = [(key, _text(key, schema[key])) for key in sorted(schema.keys() & keywords.PLAIN)]
        places = sorted(inner, key=repr)
        if not said and not places and not lost:
            return "true", []
        # Where a $dynamicRef leads depends on the way there: such parts are equal to themselves only.
        identity = (id(schema), node.base) if document.dynamic or lost else None
        return (tuple(said), tuple(places), identity), [self.settle(inner[place]) for place in places]


def _stands_for(node: Node) -> Node:
    seen = [node]
    while (target := _next(seen[-1])) is not None:
        if target in seen:
            return node
        seen.append(target)
    return seen[-1]


def _next(node: Node) -> Node | None:
    """The part that a part consists of, if it says nothing else."""
    schema, document = node.schema, node.document
    if not isinstance(schema, dict) or document.dynamic:
        return None
    keyword = next((keyword for keyword in _ALONE if keyword in schema), None)
    if keyword is None or len(schema.keys() & keywords.MEANINGFUL) > 1:
        return None
    if keyword == "$ref":
        return document.follow(node, schema["$ref"])
    return document.inside(node, schema[keyword][0]) if len(schema[keyword]) == 1 else None


def _text(keyword: str, value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}"  # no JSON text starts like this
    if keyword in _UNORDERED and isinstance(value, list):
        return "\n".join(sorted({json.dumps(item, sort_keys=True) for item in value}))
    return json.dumps(value, sort_keys=True)
