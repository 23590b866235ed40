"""Payloads near the edges of a schema: most of them accepted by it, and each a step from being refused."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any, Final
from urllib.parse import unquote
from warnings import catch_warnings, simplefilter

from schemas.edges import Edges, near
from schemas.pools import TYPES, Node, Schema
from schemas.words import word

DEPTH: Final = 7
SIZE: Final = 60
"""Values in one payload, about."""


def payloads(random: Random, schema: Schema, other: Node = True, count: int = 60) -> Iterator[Any]:
    """Candidates, most of which `schema` accepts; edges and names of `other` are drawn too.

    The caller sends back what it found out: `send(True)` for an accepted one makes it a parent of later ones.
    """
    draw = _Draw(random, schema, other)
    parents: list[Any] = []
    for number in range(count):
        draw.left = SIZE
        if parents and random.random() < 0.4:
            candidate = near(random, random.choice(parents), draw.edges)
        elif number % 5 == 4 and isinstance(other, dict):
            candidate = draw.value([(schema, schema), (other, other)], DEPTH)
        else:
            candidate = draw.value([(schema, schema)], DEPTH)
        accepted = yield candidate
        if accepted and len(parents) < 40:
            parents.append(candidate)


type _Placed = tuple[Node, Schema]
"""A schema, and the whole in which its references are looked up."""


class _Draw:
    def __init__(self, random: Random, schema: Schema, other: Node) -> None:
        self.random = random
        self.edges = Edges.of(schema, other)
        self.left = SIZE

    def value(self, nodes: Sequence[_Placed], depth: int) -> Any:  # noqa: PLR0911 - a return for each type
        """A value that all the nodes may accept."""
        random = self.random
        self.left -= 1
        if self.left < 0:
            return random.choice((None, 0, "", [], {}))
        parts = [part for node in nodes for part in self.expanded(*node, 6)]
        plain = [part for part, _ in parts]
        if random.random() < 0.03:
            return random.choice(self.edges.constants)
        listed = [part["enum"] for part in plain if "enum" in part] + [
            [part["const"]] for part in plain if "const" in part
        ]
        if listed and random.random() < 0.95:
            return random.choice(random.choice(listed) or [None])
        kinds = self.types(plain)
        match random.choice(kinds):
            case "null":
                return None
            case "boolean":
                return random.random() < 0.5
            case "integer" | "number" as kind:
                return self.number(plain, whole=kind == "integer")
            case "string":
                return self.string(plain)
            case "array":
                return self.array(parts, depth)
            case _:
                return self.object(parts, depth)

    def expanded(self, node: Node, whole: Schema, depth: int) -> list[tuple[Schema, Schema]]:
        """The schemas that hold in place with the node, one alternative chosen for each choice."""
        if isinstance(node, bool) or depth < 0:
            return []
        random = self.random
        found = [(node, whole)]
        below: list[Node] = list(node.get("allOf", ()))
        below += [target(whole, node[keyword]) for keyword in ("$ref", "$dynamicRef") if keyword in node]
        below += [random.choice(node[keyword]) for keyword in ("anyOf", "oneOf") if keyword in node]
        if "if" in node:
            below += (
                [node["if"], node.get("then", True)] if random.random() < 0.5 else [node.get("else", True)]
            )
        below += [one for one in node.get("dependentSchemas", {}).values() if random.random() < 0.4]
        if isinstance(node.get("not"), dict) and isinstance(node["not"].get("not"), dict):
            below.append(node["not"]["not"])
        return found + [part for one in below for part in self.expanded(one, whole, depth - 1)]

    def types(self, plain: Sequence[Schema]) -> list[str]:
        """The types that all parts allow; without a type that, mostly, of which a keyword speaks."""
        kinds = set(TYPES)
        for part in plain:
            if "type" in part:
                named = {part["type"]} if isinstance(part["type"], str) else {*part["type"]}
                kinds &= named | ({"integer"} if "number" in named else set())
        if len(kinds) > 3 and self.random.random() < 0.8:
            keywords = {keyword for part in plain for keyword in part}
            spoken = {kind for kind, hints in _HINTS.items() if keywords & hints} & kinds
            kinds = spoken or kinds
        return sorted(kinds or TYPES)

    def number(self, plain: Sequence[Schema], *, whole: bool) -> Any:
        random = self.random
        for _ in range(12):
            value: Any = random.choice(self.edges.numbers)
            if random.random() < 0.2:
                value += random.choice((-1, 1, 0.5, 10**9, 0.01))
            if whole and random.random() < 0.9:
                value = int(value // 1) if random.random() < 0.95 else float(value // 1)
            if all(_within(part, value) for part in plain):
                break
        return value

    def string(self, plain: Sequence[Schema]) -> str:
        random = self.random
        patterns = [part["pattern"] for part in plain if "pattern" in part]
        formats = [part["format"] for part in plain if "format" in part]
        for _ in range(12):
            if patterns and random.random() < 0.9:
                text = word(random, random.choice(patterns))
            elif formats and random.random() < 0.9:
                text = random.choice(self.edges.formatted(random.choice(formats)))
            else:
                text = random.choice(self.edges.words)
                if random.random() < 0.2:
                    text += random.choice(("a", "b", "1", "é", "😀"))
            if all(part.get("minLength", 0) <= len(text) <= part.get("maxLength", 10**6) for part in plain):
                break
            if not patterns and not formats:
                least = max(part.get("minLength", 0) for part in plain)
                text = (text * (least + 1))[: random.choice((least, least + 1))] or "a" * least
                break
        return text

    def array(self, parts: Sequence[tuple[Schema, Schema]], depth: int) -> list[Any]:
        random = self.random
        least = max([0, *(part.get("minItems", 0) for part, _ in parts)])
        most = min([least + 3, *(part.get("maxItems", 99) for part, _ in parts)])
        if depth <= 0:
            most = least
        size = random.randint(least, max(least, min(most, least + 3)))
        if depth < -2:
            return []
        found = [self.value(self.places(parts, at), depth - 1) for at in range(size)]
        for part, whole in parts:
            if "contains" in part and found:
                for _ in range(random.randint(0, part.get("maxContains", part.get("minContains", 1) + 1))):
                    at = random.randrange(len(found))
                    found[at] = self.value([*self.places(parts, at), (part["contains"], whole)], depth - 1)
        if random.random() < 0.1 and len(found) > 1:
            found[-1] = found[0]
        return found

    def places(self, parts: Sequence[tuple[Schema, Schema]], at: int) -> list[_Placed]:
        """What holds for the item at an index."""
        found: list[_Placed] = []
        for part, whole in parts:
            prefix = part.get("prefixItems", ())
            node = prefix[at] if at < len(prefix) else part.get("items", part.get("unevaluatedItems", True))
            found.append((node, whole))
        return found

    def object(self, parts: Sequence[tuple[Schema, Schema]], depth: int) -> dict[str, Any]:
        random = self.random
        required = dict.fromkeys(name for part, _ in parts for name in part.get("required", ()))
        if depth < -2:
            return {}
        names = list(required)
        declared = [name for part, _ in parts for name in part.get("properties", ())]
        likely = 0.5 if depth > 0 else 0.1
        names += [name for name in declared if random.random() < likely]
        least = max([0, *(part.get("minProperties", 0) for part, _ in parts)])
        patterns = [pattern for part, _ in parts for pattern in part.get("patternProperties", ())]
        while len(set(names)) < least or random.random() < likely / 2:
            extra = word(random, random.choice(patterns)) if patterns and random.random() < 0.5 else None
            names.append(extra if extra is not None else random.choice(self.edges.names))
        for part, _ in parts:
            for name, needed in part.get("dependentRequired", {}).items():
                if name in names and random.random() < 0.9:
                    names += needed
        found = {}
        for name in dict.fromkeys(names):
            nodes = self.members(parts, name)
            if any(node is False for node, _ in nodes) and name not in required and random.random() < 0.95:
                continue
            found[name] = self.value(nodes, depth - 1)
        return found

    def members(self, parts: Sequence[tuple[Schema, Schema]], name: str) -> list[_Placed]:
        """What holds for the property of a name."""
        found: list[_Placed] = []
        for part, whole in parts:
            nodes = [part["properties"][name]] if name in part.get("properties", ()) else []
            nodes += [
                node for pattern, node in part.get("patternProperties", {}).items() if _matches(pattern, name)
            ]
            found += [(node, whole) for node in nodes or [part.get("additionalProperties", True)]]
        return found


_HINTS: Final[dict[str, frozenset[str]]] = {
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "array": frozenset(
        {"items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems"}
    ),
    "object": frozenset(
        {
            "properties", "required", "additionalProperties", "patternProperties", "propertyNames",
            "minProperties", "maxProperties", "dependentRequired", "dependentSchemas",
            "unevaluatedProperties",
        }
    ),
}  # fmt: skip


def target(whole: Schema, reference: str) -> Node:
    """What a reference inside the document points to; of a `$dynamicRef`, the first anchor of that name."""
    if reference.startswith("#/") or reference == "#":
        found: Any = whole
        for part in reference.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        return found  # type: ignore[no-any-return]
    return _anchored(whole, reference.removeprefix("#"))


def _anchored(node: Any, name: str) -> Any:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and name in (node.get("$anchor"), node.get("$dynamicAnchor"), node.get("$id")):
        return node
    return next((found for one in below if (found := _anchored(one, name)) is not True), True)


def _within(part: Schema, value: Any) -> bool:
    return (
        part.get("minimum", value) <= value <= part.get("maximum", value)
        and part.get("exclusiveMinimum", value - 1) < value < part.get("exclusiveMaximum", value + 1)
        and (
            "multipleOf" not in part
            or abs(value / part["multipleOf"]) > 1e15
            or abs(value / part["multipleOf"] - round(value / part["multipleOf"])) < 1e-9
        )
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    with suppress(re.error), catch_warnings():
        simplefilter("ignore")  # of what Python may come to read otherwise
        return re.compile(pattern)
    return None


def _matches(pattern: str, name: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(name) is not None
