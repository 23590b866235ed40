"""Where the references of a schema lead, without ever leaving it.

A schema is a tree of parts, each with a base address (the nearest `$id` above it). `$id` and `$anchor` count
only where a schema can stand: inside `const` or `enum` they are data.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from cartsnitch_contracts.inclusion import keywords
from cartsnitch_contracts.inclusion.clock import UndecidedError

_HOME = "json-schema:///"
_POSITIONS = keywords.SINGLE | keywords.LISTS | keywords.MAPS | keywords.DEFINITIONS


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a schema that is a schema itself, with the address that its references start from."""

    schema: Any
    base: str
    document: "Document"


class Document:
    """One side's whole schema.

    Attributes:
        root: the whole of it.
        refers: whether it holds references at all.
        dynamic: whether one of them may lead elsewhere depending on the way there, which takes two resources.
        dynamic_anchors: where those may lead, by address and name.

    Raises:
        UndecidedError: a part of it is written for another draft, or two parts have one address.
    """

    def __init__(self, schema: Any) -> None:
        self._nodes: dict[tuple[int, str], Node] = {}
        self._bases: dict[int, str] = {}
        self._roots: dict[str, Any] = {}
        self._anchors: dict[tuple[str, str], Node] = {}
        self.dynamic_anchors: dict[tuple[str, str], Node] = {}
        self.refers = False
        self._index(schema)
        self.dynamic = bool(self.dynamic_anchors) and len({id(part) for part in self._roots.values()}) > 1
        self.root = self.node(schema, self._bases.get(id(schema), _HOME))

    def node(self, schema: Any, base: str) -> Node:
        """The one node of a part."""
        key = (id(schema), base)
        if key not in self._nodes:
            self._nodes[key] = Node(schema, base, self)
        return self._nodes[key]

    def _index(self, schema: Any) -> None:
        self._roots[_HOME] = schema
        pending: list[tuple[Any, str]] = [(schema, _HOME)]
        while pending:
            part, base = pending.pop()
            if not isinstance(part, dict):
                continue
            if part is not schema and part.get("$schema", keywords.DRAFT).rstrip("#") != keywords.DRAFT:
                raise UndecidedError("a part of the schema is written for another draft")
            if isinstance(part.get("$id"), str):
                base = _join(base, part["$id"]).partition("#")[0]
                if self._roots.setdefault(base, part) is not part:
                    raise UndecidedError("two parts of the schema have one address")
            self._bases[id(part)] = base
            for keyword in part.keys() & {"$anchor", "$dynamicAnchor"}:
                name = (base, part[keyword])
                if self._anchors.setdefault(name, self.node(part, base)).schema is not part:
                    raise UndecidedError("two parts of the schema have one address")
                if keyword == "$dynamicAnchor":
                    self.dynamic_anchors.setdefault(name, self.node(part, base))
            self.refers |= "$ref" in part or "$dynamicRef" in part
            pending.extend((inner, base) for _, inner in keywords.parts(part, _POSITIONS))

    def inside(self, node: Node, schema: Any) -> Node:
        """The node of a schema that stands directly inside another."""
        return self.node(schema, self._bases.get(id(schema), node.base) if isinstance(schema, dict) else "")

    def address(self, node: Node, reference: str) -> str:
        """The whole address that a reference means."""
        return _join(node.base, reference)

    def follow(self, node: Node, reference: str) -> Node | None:
        """Where a reference leads; None when that is not in this schema."""
        address, _, fragment = self.address(node, reference).partition("#")
        if address not in self._roots:
            return None
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((address, unquote(fragment)))
        part, base = self._roots[address], self._bases.get(id(self._roots[address]), address)
        for step in fragment.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(part, dict) and name in part:
                part = part[name]
            elif isinstance(part, list) and name.isdecimal() and int(name) < len(part):
                part = part[int(name)]
            else:
                return None
            base = self._bases.get(id(part), base) if isinstance(part, dict) else base
        return self.node(part, base) if isinstance(part, dict) else self.node(part, "")

    def dynamic_target(self, node: Node, reference: str, scope: tuple[str, ...]) -> Node | None:
        """Where a `$dynamicRef` leads for a validator that came through these resources, outermost first."""
        first = self.follow(node, reference)
        name = unquote(reference.partition("#")[2])
        if first is None or not isinstance(first.schema, dict) or first.schema.get("$dynamicAnchor") != name:
            return first
        return next(
            (self.dynamic_anchors[base, name] for base in scope if (base, name) in self.dynamic_anchors),
            first,
        )


def _join(base: str, reference: str) -> str:
    # urljoin knows nothing of addresses such as urn:..., but a fragment alone never leaves the resource.
    return base + reference if reference.startswith("#") else urljoin(base, reference)
