"""Schemas that Pydantic emits, from classes that are drawn: a class, and what it may become next."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, create_model
from pydantic.json_schema import GenerateJsonSchema

from schemas.pools import Schema

NAMES: Final = ("id", "name", "price", "items", "kind", "at", "note", "tags")
WORDS: Final = ("meijer", "kroger", "aldi", "lidl")
MODES: Final = ("serialization", "validation")


@dataclass(frozen=True)
class Kind:
    """A type of a field, as data.

    Attributes:
        name: which of the makers below.
        parts: what it holds.
        words: of an enumeration, or names of the classes of a union.
        low: a bound, where the maker has one.
        high: a bound, where the maker has one.
    """

    name: str
    parts: tuple["Kind | Shape", ...] = ()
    words: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Shape:
    """A class, as data: its fields' kinds, by name, and which may be absent."""

    name: str
    fields: dict[str, Kind]
    optional: frozenset[str] = frozenset()
    closed: bool = False
    tag: str = ""
    recursive: bool = False


PLAIN: Final[dict[str, Any]] = {
    "int": int, "str": str, "float": float, "bool": bool, "uuid": uuid.UUID, "email": EmailStr, "any": Any,
    "none": type(None), "date": dt.date, "datetime": dt.datetime, "time": dt.time, "duration": dt.timedelta,
    "decimal": Decimal,
}  # fmt: skip


def model_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer's schema and a reader's, of one class or of its next release; either may be the newer."""
    draw = _Draw(random)
    old = draw.shape(2)
    new = old if random.random() < 0.15 else draw.evolved(old)
    if random.random() < 0.5:
        new = draw.evolved(new)
    written, read = (old, new) if random.random() < 0.5 else (new, old)
    modes = ("serialization", "validation") if random.random() < 0.8 else random.choices(MODES, k=2)
    generator = Older if random.random() < 0.5 else GenerateJsonSchema
    closed = random.random() < 0.7
    return schema_of(written, modes[0], generator, closed=closed), schema_of(read, modes[1], generator)


class Older(GenerateJsonSchema):
    """Pydantic as it was before 2.13, when a decimal's string had a pattern."""

    def get_decimal_pattern(self, schema: Any) -> str | None:
        """The pattern of the digits that are allowed."""
        return self.build_decimal_pattern(schema)


def schema_of(
    shape: Shape, mode: Any, generator: Any = GenerateJsonSchema, *, closed: bool = False
) -> Schema:
    """What Pydantic says of the class; closed, as a writer is that sends what it declares."""
    schema: Schema = model_of(shape).model_json_schema(mode=mode, schema_generator=generator)
    if closed:
        for node in (schema, *schema.get("$defs", {}).values()):
            if "properties" in node:
                node.setdefault("additionalProperties", False)
    return schema


def model_of(shape: Shape, made: dict[str, type[BaseModel]] | None = None) -> type[BaseModel]:
    """The class itself."""
    made = {} if made is None else made
    if shape.name in made:
        return made[shape.name]
    fields: dict[str, Any] = {}
    if shape.tag:
        fields["type"] = (Literal[shape.tag], ... if random_free(shape) else shape.tag)
    for name, kind in shape.fields.items():
        annotation = annotation_of(kind, made)
        fields[name] = (annotation | None, None) if name in shape.optional else (annotation, ...)
    if shape.recursive:
        fields["children"] = (f"list[{shape.name}]", [])
    config = ConfigDict(extra="forbid") if shape.closed else ConfigDict()
    model = create_model(shape.name, __config__=config, **fields)
    if shape.recursive:
        model.model_rebuild(_types_namespace={shape.name: model})
    made[shape.name] = model
    return model


def random_free(shape: Shape) -> bool:
    """Whether a variant's tag is required, which its name decides."""
    return len(shape.name) % 2 == 0


def annotation_of(kind: "Kind | Shape", made: dict[str, type[BaseModel]]) -> Any:
    """The annotation that a field of this kind has."""
    if isinstance(kind, Shape):
        return model_of(kind, made)
    if kind.name in PLAIN:
        return PLAIN[kind.name]
    parts = [annotation_of(part, made) for part in kind.parts]
    return MAKERS[kind.name](kind, parts)


def _bounded(kind: Kind, annotation: Any, low: str, high: str) -> Any:
    bounds = {name: value for name, value in ((low, kind.low), (high, kind.high)) if value is not None}
    return Annotated[annotation, Field(**bounds)] if bounds else annotation


MAKERS: Final[dict[str, Callable[[Kind, list[Any]], Any]]] = {
    "literal": lambda kind, _: Literal[kind.words],
    "enum": lambda kind, _: StrEnum("Store", {word: word for word in kind.words}),
    "range": lambda kind, _: _bounded(kind, int, "ge", "le"),
    "above": lambda kind, _: _bounded(kind, float, "gt", "lt"),
    "money": lambda kind, _: Annotated[Decimal, Field(max_digits=10, decimal_places=2, ge=kind.low)],
    "digits": lambda kind, _: Annotated[Decimal, Field(max_digits=(kind.high or 4) + 2)],
    "text": lambda kind, _: _bounded(kind, str, "min_length", "max_length"),
    "code": lambda kind, _: Annotated[str, Field(pattern=kind.words[0])],
    "list": lambda kind, parts: _bounded(kind, list[parts[0]], "min_length", "max_length"),  # type: ignore[valid-type]
    "set": lambda _, parts: set[parts[0]],  # type: ignore[valid-type]
    "dict": lambda _, parts: dict[str, parts[0]],  # type: ignore[valid-type]
    "pair": lambda _, parts: tuple[parts[0], parts[-1]],  # type: ignore[valid-type]
    "nullable": lambda _, parts: parts[0] | None,
    "union": lambda _, parts: parts[0] | parts[1],
    "tagged": lambda _, parts: Annotated[_union(parts), Field(discriminator="type")],
}
CODES: Final = (
    "^[a-z]+$", "^[a-z0-9]+(?:-[a-z0-9]+)*$", "^[A-Z]{3}$", "^[A-Z]{2,3}$", r"^\d{5}$", r"^\d{5}(-\d{4})?$",
    r"^-?(0|[1-9][0-9]{0,7})\.[0-9]{2}$", r"^-?(0|[1-9][0-9]{0,6})\.[0-9]{2}$", r"^-?[0-9]{1,8}(\.[0-9]+)?$",
    "^[0-9]{4,20}$", r"^[^\x00]*$",
)  # fmt: skip


def _union(parts: list[Any]) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found |= part
    return found


@dataclass
class _Draw:
    random: Random
    counted: list[str] = field(default_factory=list)

    def shape(self, depth: int, *, tag: str = "") -> Shape:
        random = self.random
        names = random.sample(NAMES, random.randint(1, 4))
        self.counted.append(f"Model{'x' * random.randrange(2)}{len(self.counted)}")
        return Shape(
            self.counted[-1],
            {name: self.kind(depth - 1) for name in names},
            frozenset(name for name in names if random.random() < 0.35),
            closed=random.random() < 0.2,
            tag=tag,
            recursive=random.random() < 0.12,
        )

    def kind(self, depth: int) -> Kind | Shape:  # type: ignore[return]
        random = self.random
        if depth > 0 and random.random() < 0.45:
            name = random.choice(
                ("list", "list", "dict", "pair", "nullable", "union", "tagged", "shape", "shape", "set")
            )
            match name:
                case "shape":
                    return self.shape(depth)
                case "tagged":
                    words = random.sample(WORDS, random.choice((2, 2, 3)))
                    return Kind("tagged", tuple(self.shape(depth, tag=word) for word in words))
                case "set":
                    return Kind("set", (self.hashable(),))
                case "pair" | "union":
                    return Kind(name, (self.kind(depth - 1), self.kind(depth - 1)))
                case _:
                    return Kind(name, (self.kind(depth - 1),), low=random.choice((None, None, 0, 1)))
        return self.hashable() if random.random() < 0.6 else self.scalar()

    def hashable(self) -> Kind:
        random = self.random
        match random.choice(("literal", "enum", "range", "text", "code", "plain", "plain")):
            case "literal" | "enum" as name:
                return Kind(name, words=tuple(random.sample(WORDS, random.randint(1, 3))))
            case "range" | "text" as name:
                return Kind(name, low=random.choice((None, 0, 1, 2)), high=random.choice((None, 5, 20, 100)))
            case "code":
                return Kind("code", words=(random.choice(CODES),))
            case _:
                return Kind(random.choice(("int", "str", "date", "uuid", "bool")))

    def scalar(self) -> Kind:
        random = self.random
        match random.choice(("money", "digits", "above", "plain", "plain", "plain")):
            case "money" | "digits" | "above" as name:
                return Kind(name, low=random.choice((None, 0, 1)), high=random.choice((4, 10)))
            case _:
                return Kind(random.choice(tuple(PLAIN)))

    def evolved(self, shape: Shape) -> Shape:
        """The class at its next release: one change, here or deeper."""
        random = self.random
        fields, optional = dict(shape.fields), set(shape.optional)
        name = random.choice(list(fields))
        match random.choice(("kind", "kind", "deeper", "deeper", "add", "drop", "optional", "closed")):
            case "kind":
                fields[name] = self.kind(1)
            case "deeper":
                fields[name] = self.changed(fields[name])
            case "add":
                new = random.choice(NAMES)
                fields[new] = self.kind(1)
                optional ^= {new} if random.random() < 0.5 else set()
            case "drop" if len(fields) > 1:
                del fields[name]
                optional.discard(name)
            case "optional":
                optional ^= {name}
            case "closed":
                return replace(shape, closed=not shape.closed)
        return replace(shape, fields=fields, optional=frozenset(optional) & fields.keys())

    def changed(self, kind: Kind | Shape) -> Kind | Shape:
        """A kind of nearly the same payloads."""
        random = self.random
        if isinstance(kind, Shape):
            return self.evolved(kind)
        if kind.name in ("literal", "enum"):
            words = tuple(dict.fromkeys((*kind.words[random.randrange(2) :], random.choice(WORDS))))
            return replace(kind, words=words)
        if kind.low is not None and not kind.parts:
            return replace(kind, low=kind.low + random.choice((-1, 1)) if kind.low > 0 else 1)
        if kind.parts and kind.name != "set":
            at = random.randrange(len(kind.parts))
            changed = self.changed(kind.parts[at])
            return replace(kind, parts=(*kind.parts[:at], changed, *kind.parts[at + 1 :]))
        if kind.name == "code":
            return replace(kind, words=(random.choice(CODES),))
        widened = {"int": "float", "date": "datetime", "uuid": "str", "email": "str", "float": "int"}
        return Kind(widened[kind.name]) if kind.name in widened else Kind("nullable", (kind,))
