"""Schemas over all keywords of 2020-12, each with a theme, so that two of one theme overlap."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from schemas.pools import (
    BOUNDS,
    COMPOSITES,
    CONSTANTS,
    DIVISORS,
    FORMATS,
    NAMES,
    PATTERNS,
    TYPES,
    Node,
    Schema,
)

THEMES: Final = ("number", "string", "array", "object", "mixed")
DEFINITIONS: Final = ("t", "u")


class General:
    """Draws schemas of one theme.

    Attributes:
        theme: the type that most of the nodes near the root speak of.
        recursive: how likely a node deep down is a reference.
    """

    def __init__(self, random: Random, theme: str = "mixed", *, recursive: float = 0.12) -> None:
        self.random = random
        self.theme = theme
        self.recursive = recursive
        self.used: set[str] = set()

    def schema(self) -> Schema:
        """A whole schema, with the definitions that it refers to."""
        self.used = set()
        root = self.typed(2, self.theme) if self.chance(0.6) else self.node(3)
        if isinstance(root, bool):
            root = {"not": {}} if not root else {}
        definitions: dict[str, Node] = {}
        while missing := self.used - definitions.keys():
            name = min(missing)
            definitions[name] = self.typed(1, "object" if self.chance(0.6) else "array")
        return {**root, "$defs": dict(sorted(definitions.items()))} if definitions else root

    def node(self, depth: int) -> Node:
        """Any schema that is at most so deep, but for references."""
        roll = self.random.random()
        if depth <= 0:
            return self.leaf()
        if roll < self.recursive:
            return self.reference()
        if roll < 0.20:
            return self.leaf()
        if roll < 0.62:
            return self.typed(depth - 1, self.theme if self.chance(0.5) else "mixed")
        return self.combined(depth - 1)

    def leaf(self) -> Node:
        """A schema without parts."""
        roll = self.random.random()
        if roll < 0.08:
            return self.chance(0.7)
        if roll < self.recursive:
            return self.reference()
        if roll < 0.30:
            return {"const": self.constant()}
        if roll < 0.50:
            return {"enum": self.constants()}
        if roll < 0.75:
            return {"type": self.random.choice(TYPES)}
        return self.scalar(self.random.choice(("number", "string")))

    def reference(self) -> Schema:
        """A reference to a definition, or to the root, at times with a sibling."""
        if self.chance(0.2):
            return {"$ref": "#"}
        name = self.random.choice(DEFINITIONS)
        self.used.add(name)
        found: Schema = {"$ref": f"#/$defs/{name}"}
        if self.chance(0.1):
            found["type"] = self.random.choice(TYPES)
        return found

    def combined(self, depth: int) -> Schema:
        """Boolean combinations, at times beside keywords of a type."""
        choices: tuple[Callable[[], Schema], ...] = (
            lambda: {"anyOf": self.several(depth)},
            lambda: {"anyOf": self.several(depth)},
            lambda: {"oneOf": self.several(depth)},
            lambda: {"allOf": self.several(depth)},
            lambda: {"not": self.node(depth)},
            lambda: self.conditional(depth),
        )
        found = self.random.choice(choices)()
        if self.chance(0.3):
            found = {**self.typed(depth - 1, self.theme), **found}
        return found

    def conditional(self, depth: int) -> Schema:
        """if, with then or else or both or neither."""
        found: Schema = {"if": self.node(depth)}
        for keyword in ("then", "else"):
            if self.chance(0.7):
                found[keyword] = self.node(depth)
        return found

    def typed(self, depth: int, theme: str) -> Schema:
        """Keywords of one type, usually with the type named."""
        kind = self.random.choice(("number", "string", "array", "object")) if theme == "mixed" else theme
        match kind:
            case "array":
                found = self.array(depth)
            case "object":
                found = self.object(depth)
            case _:
                found = self.scalar(kind)
        if self.chance(0.8):
            name = "integer" if kind == "number" and self.chance(0.5) else kind
            found["type"] = [name, "null"] if self.chance(0.1) else name
        return found

    def scalar(self, kind: str) -> Schema:
        """Bounds of a number, or what a string looks like."""
        found: Schema = {"type": kind} if self.chance(0.6) else {}
        if kind == "number":
            keywords = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
            for keyword in self.random.sample(keywords, self.random.choice((1, 1, 2, 3))):
                found[keyword] = self.random.choice(DIVISORS if keyword == "multipleOf" else BOUNDS)
            return found
        keywords = ("minLength", "maxLength", "pattern", "format")
        for keyword in self.random.sample(keywords, self.random.choice((1, 1, 2))):
            match keyword:
                case "pattern":
                    found[keyword] = self.random.choice(tuple(PATTERNS))
                case "format":
                    if self.chance(0.4):
                        found[keyword] = self.random.choice(tuple(FORMATS))
                case _:
                    found[keyword] = self.random.randrange(4)
        return found

    def array(self, depth: int) -> Schema:
        """Two or three of an array's keywords."""
        keywords: dict[str, Callable[[], Any]] = {
            "items": lambda: self.node(depth),
            "prefixItems": lambda: self.several(depth, least=1),
            "contains": lambda: self.node(depth),
            "minItems": lambda: self.random.randrange(4),
            "maxItems": lambda: self.random.randrange(4),
            "uniqueItems": lambda: True,
            "unevaluatedItems": lambda: False if self.chance(0.7) else self.leaf(),
        }
        found = self.pick(keywords, (1, 2, 2, 3))
        if "contains" in found:
            for keyword in ("minContains", "maxContains"):
                if self.chance(0.35):
                    found[keyword] = self.random.randrange(3)
        if "unevaluatedItems" in found and self.chance(0.7):
            found[self.random.choice(("anyOf", "allOf"))] = [self.array(0) for _ in range(2)]
        return found

    def object(self, depth: int) -> Schema:
        """Two to four of an object's keywords."""
        keywords: dict[str, Callable[[], Any]] = {
            "properties": lambda: {name: self.node(depth) for name in self.names()},
            "required": self.names,
            "additionalProperties": lambda: False if self.chance(0.6) else self.node(depth),
            "patternProperties": lambda: {
                self.pattern(): self.node(depth) for _ in range(1 + self.chance(0.2))
            },
            "propertyNames": lambda: self.scalar("string") if self.chance(0.7) else {"enum": self.names()},
            "minProperties": lambda: self.random.randrange(4),
            "maxProperties": lambda: self.random.randrange(4),
            "dependentRequired": lambda: {self.name(): self.names()},
            "dependentSchemas": lambda: {self.name(): self.node(depth)},
            "unevaluatedProperties": lambda: False if self.chance(0.7) else self.node(depth),
        }
        found = self.pick(keywords, (1, 2, 3, 3, 4))
        if self.chance(0.6):
            found.setdefault("properties", {name: self.node(depth) for name in self.names()})
        if "unevaluatedProperties" in found and self.chance(0.7):
            found[self.random.choice(("anyOf", "allOf", "oneOf"))] = [self.object(0) for _ in range(2)]
        return found

    def pick(self, keywords: dict[str, Callable[[], Any]], counts: tuple[int, ...]) -> Schema:
        """Some of the keywords, with values."""
        return {
            name: keywords[name]() for name in self.random.sample(list(keywords), self.random.choice(counts))
        }

    def several(self, depth: int, least: int = 2) -> list[Node]:
        """Some nodes in a list."""
        return [self.node(depth) for _ in range(self.random.randint(least, 3 if self.chance(0.3) else 2))]

    def name(self) -> str:
        """A name of a property."""
        return self.random.choice(NAMES)

    def names(self) -> list[str]:
        """One to three names of properties."""
        return sorted(self.random.sample(NAMES, self.random.choice((1, 1, 2, 2, 3))))

    def pattern(self) -> str:
        """A pattern."""
        return self.random.choice(tuple(PATTERNS))

    def constant(self) -> Any:
        """A constant, mostly a plain one."""
        return self.random.choice(COMPOSITES if self.chance(0.2) else CONSTANTS)

    def constants(self) -> list[Any]:
        """Constants for an enum, none twice."""
        drawn = [self.constant() for _ in range(self.random.randint(1, 4))]
        return [value for at, value in enumerate(drawn) if not any(_same(value, one) for one in drawn[:at])]

    def chance(self, likely: float) -> bool:
        """Whether something so likely happens."""
        return self.random.random() < likely


def _same(a: Any, b: Any) -> bool:
    return (a == b and isinstance(a, bool) == isinstance(b, bool)) or repr(a) == repr(b)
