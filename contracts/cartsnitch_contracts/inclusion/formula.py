"""Formulas: what a schema says of a value, as and, or and *literals*.

Equal formulas are one object (a table remembers each), so comparing and hashing cost nothing, and `f` with
`not f` is seen to be false even where nobody understands `f`. Negation stands at the literals only.

A literal speaks of one type of value and holds for every value of another type, as a keyword does: "at least
3" holds for `"x"`. So the negation of a literal is "it is of that type, and the literal's opposite holds".
All literals of arrays and objects say "there is some item / property / that many"; "all items are f" is the
opposite of "some item is not f".
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final


class Type:
    """Types of JSON values, a bit for each (plain numbers: a flag of `enum` is ten times slower).

    Both booleans are types of their own, which leaves only types that literals speak of, and single values.
    """

    NULL: Final = 1
    FALSE: Final = 2
    TRUE: Final = 4
    NUMBER: Final = 8
    STRING: Final = 16
    ARRAY: Final = 32
    OBJECT: Final = 64


ANY = 127
TYPES = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """Something that a value may satisfy; `order` is when it was first made."""

    order: int


@dataclass(frozen=True, slots=True, eq=False)
class Types(Formula):
    """The value is of one of these types. None at all is falsehood, all of them is truth."""

    mask: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Formula):
    """If the value is of this type, then this (or not this) holds.

    | type | kind | argument |
    |---|---|---|
    | number | `at least`, `above`, `multiple`, `in` | a fraction; for `in` a frozenset of fractions |
    | string | `pattern`, `format`, `longer` (than n-1), `in` | text, text, n, frozenset of texts |
    | array | `item`: one of start..end (None: to the last) is f; `count`: n are f; `length`: n; `unique` |
    | object | `property`: one whose name is f has a value that is g; `size`: n properties |
    """

    type: int
    kind: str
    argument: Any
    positive: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lazy(Formula):
    """What a part of a schema says (or its opposite), to be looked at when it matters."""

    key: Hashable
    positive: bool


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Formula):
    """Something that is not understood, and why; it is equal to itself all the same."""

    key: Hashable
    reason: str
    positive: bool


@dataclass(frozen=True, slots=True, eq=False)
class All(Formula):
    """Each part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Some(Formula):
    """A part holds, or several do."""

    parts: tuple[Formula, ...]
