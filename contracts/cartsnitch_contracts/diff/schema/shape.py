"""A schema as the differ walks it: references followed, annotations gone, one spelling for the same thing.

Only what lies at the top of a place is looked at; what lies below is looked at when the differ gets there, so
that neither recursion nor a definition used a million times costs anything.
"""

import json
from typing import Any
from urllib.parse import unquote

from cartsnitch_contracts.diff.schema.field import Shape
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import keywords

type Schema = dict[str, Any]

ANNOTATIONS = frozenset(
    {
        "$schema",
        "$comment",
        "$defs",
        "definitions",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
    }
)
ONE = keywords.SINGLE
"""Keywords that hold a schema."""
MANY = keywords.LISTS
"""Keywords that hold a list of schemas."""
NAMED = keywords.MAPS
"""Keywords that hold schemas by name."""
NOTHING: Shape = {"not": {}}
"""The shape of `false`."""

_APPLICATORS = ((ONE | MANY | NAMED) - {"anyOf", "oneOf", "allOf"}) | {"minContains", "maxContains"}
"""Keywords that look at each other within one schema, so that they must stay together."""
_WEAVING = frozenset({"$id", "$anchor", "$dynamicRef", "$dynamicAnchor"})
_DEEPEST = 100


class Root:
    """A whole schema, in which references lead about.

    Attributes:
        schema: as it is written.
        plain: whether all its references are pointers, so that its parts can be taken out of it.
    """

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.plain = not _is_woven(schema)
        self._shapes: dict[int, tuple[Any, Shape]] = {}
        self._active: set[int] = set()

    def shape(self, node: Any) -> Shape:
        """What a node says, without annotations and without a reference at its top."""
        if isinstance(node, bool):
            return {} if node else NOTHING
        known = self._shapes.get(id(node))
        if known is None:
            if id(node) in self._active or len(self._active) > _DEEPEST:
                return dict(node)
            self._active.add(id(node))
            known = (node, self._shape(node))  # the node is kept, so that its id stays its own
            self._active.discard(id(node))
            self._shapes[id(node)] = known
            self._shapes.setdefault(id(known[1]), (known[1], known[1]))
        return known[1]

    def _shape(self, node: Schema) -> Shape:
        shape = {word: value for word, value in node.items() if word not in ANNOTATIONS}
        if "const" in shape and "enum" not in shape:
            shape["enum"] = [shape.pop("const")]
        parts: list[Any] = list(shape.pop("allOf", ()))
        for word in ("anyOf", "oneOf"):
            if len(shape.get(word, ())) == 1:
                parts += shape.pop(word)
            elif word in shape:
                shape[word] = [self.shape(branch) for branch in shape[word]]
        if "$ref" in shape and self.plain:
            parts.append(self.target(shape.pop("$ref")))
        done = [self.shape(part) for part in parts]
        if not shape and len(done) == 1:
            return done[0]  # itself, so that recursion comes back to the same shape
        joined = _joined([shape, *done])
        return _ordered({**shape, "allOf": done} if joined is None else joined)

    def target(self, ref: str) -> Any:
        """What a reference leads to.

        Raises:
            DocumentError: nothing, or something outside the schema.
        """
        found: Any = self.schema
        try:
            if ref != "#" and not ref.startswith("#/"):
                raise LookupError(ref)
            for part in ref.split("/")[1:]:
                step = unquote(part).replace("~1", "/").replace("~0", "~")
                found = found[int(step) if isinstance(found, list) else step]
        except (LookupError, TypeError, ValueError):
            raise DocumentError(
                f"The schema refers to {ref!r}, which it does not hold. Put it under $defs."
            ) from None
        return found

    def alone(self, node: Any, prefix: str = "d") -> Schema:
        """The node as a schema of its own, with the definitions that it needs, named by `prefix`."""
        if not self.plain:
            return dict(self.schema) if node is self.schema else {}
        names: dict[str, str] = {}
        waiting: list[str] = []

        def rename(ref: str) -> str:
            if ref not in names:
                names[ref] = f"{prefix}{len(names)}"
                waiting.append(ref)
            return f"#/$defs/{names[ref]}"

        top = _renamed(node, rename)
        definitions = {}
        while waiting:
            ref = waiting.pop()
            definitions[names[ref]] = _renamed(self.target(ref), rename)
        if isinstance(top, bool):
            top = {} if top else dict(NOTHING)
        return {**top, "$defs": definitions} if definitions else top


def same(one: Root, this: Any, other: Root, that: Any) -> bool:
    """Whether two nodes say the same in the same words; equal sets in other words may go unnoticed."""
    return _Comparing(one, other).nodes(this, that, 0)


class _Comparing:
    def __init__(self, one: Root, other: Root) -> None:
        self.one, self.other = one, other
        self.assumed: set[tuple[int, int]] = set()

    def nodes(self, this: Any, that: Any, depth: int) -> bool:
        if this is that and self.one is self.other:
            return True
        first, second = self.one.shape(this), self.other.shape(that)
        pair = (id(first), id(second))
        if pair in self.assumed:
            return True
        if first.keys() != second.keys() or depth > _DEEPEST:
            return False
        self.assumed.add(pair)
        return all(self.words(word, value, second[word], depth + 1) for word, value in first.items())

    def words(self, word: str, this: Any, that: Any, depth: int) -> bool:
        if word in ONE:
            return self.nodes(this, that, depth)
        if word in NAMED:
            return this.keys() == that.keys() and all(
                self.nodes(value, that[name], depth) for name, value in this.items()
            )
        if word in MANY:
            return len(this) == len(that) and all(
                self.nodes(value, that[at], depth) for at, value in enumerate(this)
            )
        return text(this) == text(that)


def _is_woven(schema: Any) -> bool:
    """Whether a schema refers in other ways than by pointers from its top."""
    waiting, top = [schema], True
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if not (_WEAVING - ({"$id"} if top else set())).isdisjoint(node):
                return True
            ref = node.get("$ref")
            if isinstance(ref, str) and ref != "#" and not ref.startswith("#/"):
                return True
            waiting += node.values()
            top = False
    return False


def text(value: Any) -> str:
    """A text by which JSON values are compared: `1`, `1.0` and `true` differ."""
    return json.dumps(value, sort_keys=True)


def _renamed(node: Any, rename: Any) -> Any:
    if not isinstance(node, dict):
        return node
    done: Schema = {}
    for word, value in node.items():
        if word in ANNOTATIONS:
            continue
        if word == "$ref":
            done[word] = rename(value)
        elif word in ONE:
            done[word] = _renamed(value, rename)
        elif word in MANY:
            done[word] = [_renamed(item, rename) for item in value]
        elif word in NAMED:
            done[word] = {name: _renamed(item, rename) for name, item in value.items()}
        else:
            done[word] = value
    return done


def _joined(parts: list[Shape]) -> Shape | None:
    """The shape that holds where all of these hold; None where they cannot be written as one."""
    joined: Shape | None = {}
    for part in parts:
        joined = None if joined is None else _merged(joined, part)
    return joined


def _merged(one: Shape, other: Shape) -> Shape | None:
    if not one or not other:
        return one or other
    applied = (one.keys() & _APPLICATORS, other.keys() & _APPLICATORS)
    if all(applied) and (applied[0] | applied[1]) != {"properties"}:
        return None
    if {"unevaluatedProperties", "unevaluatedItems"} & (one.keys() | other.keys()):
        return None
    merged = {**one, **other}
    for word in one.keys() & other.keys():
        if word == "required":
            merged[word] = [*one[word], *(name for name in other[word] if name not in one[word])]
        elif word == "properties" and not one[word].keys() & other[word].keys():
            merged[word] = {**one[word], **other[word]}
        elif text(one[word]) != text(other[word]) or word in ("anyOf", "oneOf", "allOf", "properties"):
            return None
    return merged


def _ordered(shape: Shape) -> Shape:
    for word in ("required", "enum"):
        if isinstance(shape.get(word), list):
            shape = {**shape, word: sorted({text(each): each for each in shape[word]}.values(), key=text)}
    if shape.get("required") == []:
        shape = {word: value for word, value in shape.items() if word != "required"}
    if isinstance(shape.get("type"), list):
        names = sorted(shape["type"])
        shape = {**shape, "type": names[0] if len(names) == 1 else names}
    return dict(sorted(shape.items()))
