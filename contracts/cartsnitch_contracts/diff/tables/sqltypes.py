"""PostgreSQL's types: what happens to a value of one when it is stored in a column of another.

Mappers send typed values (`%(x)s::VARCHAR`), so that PostgreSQL takes them by its assignment casts. The
tables were read off PostgreSQL 18; `tests/contracts/tables` runs them there.
"""

import re
from dataclasses import dataclass

_TYPE = re.compile(r"([a-z_][a-z_ ]*?) ?(?:\((\d{1,8})(?:, ?(\d{1,8}))?\))?( with(?:out)? time zone)?")
_ALIASES = {
    "varchar": "character varying", "char": "character", "int": "integer", "int4": "integer",
    "int2": "smallint", "int8": "bigint", "decimal": "numeric", "bool": "boolean",
    "float4": "real", "float8": "double precision", "float": "double precision",
    "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
}  # fmt: skip
LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
TEXTS = frozenset({"character varying", "text", "character"})
JSONS = frozenset({"json", "jsonb"})
_MOMENTS = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
_NUMBERS = frozenset({*LARGEST, "numeric", "real", "double precision"})
_ALONE = ("boolean", "uuid", "bytea", "time without time zone")
_FAMILIES = (TEXTS, JSONS, _MOMENTS, _NUMBERS, *(frozenset({kind}) for kind in _ALONE))
_LONG = {
    "uuid": "00000000-0000-7000-8000-000000000001",
    "boolean": "false",
    "date": "2026-03-10",
    "smallint": "-32768",
    "integer": "-2147483648",
    "bigint": "-9223372036854775808",
    "real": "-3.4028235e+38",
    "double precision": "-1.7976931348623157e+308",
    "timestamp without time zone": "2026-03-10 12:00:00.123456",
    "timestamp with time zone": "2026-03-10 12:00:00.123456+00",
}
"""A long text of a value of each type."""
_MOST_DIGITS = 1000
"""The precision that PostgreSQL takes; nothing is known of a type that asks for more."""
_ENDLESS = _MOST_DIGITS + 1
_HUGE = 10**200


@dataclass(frozen=True)
class SqlType:
    """A type without its sizes, and those: the length, or precision and scale."""

    kind: str
    sizes: tuple[int, ...] = ()

    @property
    def length(self) -> int | None:
        """The most characters of a text; None is without limit."""
        if self.kind == "character":
            return self.sizes[0] if self.sizes else 1
        return self.sizes[0] if self.sizes and self.kind in TEXTS else None

    @property
    def digits(self) -> tuple[int, int] | None:
        """Digits before and after the point that a numeric keeps; None is without limit."""
        if not self.sizes:
            return None
        precision, scale = (*self.sizes, 0)[:2]
        return precision - scale, scale


@dataclass(frozen=True)
class Clash:
    """A value that cannot be stored, or not as it is.

    Attributes:
        literal: the value, in SQL.
        sqlstate: PostgreSQL's code; empty when it takes the value and alters it.
        message: what PostgreSQL says, or what becomes of the value.
    """

    literal: str
    sqlstate: str
    message: str


def parse(text: str) -> SqlType:
    """A type as PostgreSQL's format_type writes it, or by a usual other name."""
    match = _TYPE.fullmatch(text.strip().lower())
    if match is None:
        return SqlType(text)
    sizes = tuple(int(size) for size in match.groups()[1:3] if size is not None)
    name = match[1] + (match[4] or "")
    kind = _ALIASES.get(name, name)
    if kind not in TEXTS and max(sizes, default=0) > _MOST_DIGITS:
        return SqlType(text)
    return SqlType(kind, sizes)


def comparable(left: SqlType, right: SqlType) -> bool:
    """Whether PostgreSQL has `left = right`."""
    return left.kind != "json" and any({left.kind, right.kind} <= family for family in _FAMILIES)


def known(kind: SqlType) -> bool:
    """Whether the type is one of those that are known here."""
    return any(kind.kind in family for family in _FAMILIES)


def clash(column: str, sent: SqlType, stored: SqlType, values: tuple[str, ...] = ()) -> Clash | None:
    """What goes wrong when a column takes all values of the type `sent`; None is nothing.

    `values` are all that is sent, where an enum's CHECK keeps the sender to them.
    """
    if sent == stored:
        return None
    if not (known(sent) and known(stored)):
        return Clash("", "", f"nothing is known here of storing {sent.kind} as {stored.kind}")
    if stored.kind in TEXTS:
        return _as_text(sent, stored, values)
    if not any({sent.kind, stored.kind} <= family for family in _FAMILIES):
        message = f'column "{column}" is of type {stored.kind} but expression is of type {sent.kind}'
        return Clash(f"NULL::{sent.kind}", "42804", message)
    if (sent.kind, stored.kind) == ("json", "jsonb"):
        return Clash(r"""'"\u0000"'::json""", "22P05", "unsupported Unicode escape sequence")
    numbers = stored.kind in LARGEST or stored.kind == "numeric"
    return _as_number(sent, stored) if numbers else _rounded(sent, stored)


def _as_text(sent: SqlType, stored: SqlType, values: tuple[str, ...]) -> Clash | None:
    most = stored.length
    message = f"value too long for type {stored.kind}({most})"
    if sent.kind not in TEXTS:
        long = f"'{_LONG[sent.kind]}'::{sent.kind}" if sent.kind in _LONG else ""
        if sent.kind in JSONS and most is not None:
            long = f"to_{sent.kind}(repeat('x', {most}))"
        too_long = most is not None and (sent.kind in JSONS or len(_LONG.get(sent.kind, "")) > most)
        return Clash(long, "22001", message) if too_long else _other(sent, stored)
    if "character" in (sent.kind, stored.kind) and sent.kind != stored.kind:
        return Clash("", "", "PostgreSQL fills character values up with blanks, and drops them again")
    longest = max(values, key=len, default="")
    length = len(longest) if values else sent.length
    if most is None or (length is not None and length <= most):
        return None
    return Clash(f"'{longest}'" if values else f"repeat('x', {most + 1})", "22001", message)


def _as_number(sent: SqlType, stored: SqlType) -> Clash | None:
    limit, most = LARGEST.get(stored.kind), _largest(sent)
    if limit is not None and most > limit:
        return Clash(str(limit + 1), "22003", f"{stored.kind} out of range")
    if stored.kind == "numeric" and stored.digits is not None:
        whole, scale = stored.digits
        overflow = "numeric field overflow"
        if most >= 10**whole:
            return Clash(str(10**whole), "22003", overflow)
        if sent.kind == "numeric" and sent.digits and sent.digits[0] == whole and sent.digits[1] > scale:
            return Clash(f"{10**whole - 1}.{'9' * sent.digits[1]}", "22003", overflow)
    return _rounded(sent, stored)


def _largest(sent: SqlType) -> int:
    if sent.kind in LARGEST:
        return LARGEST[sent.kind]
    return _HUGE if sent.digits is None else 10 ** sent.digits[0] - 1


def _rounded(sent: SqlType, stored: SqlType) -> Clash | None:
    """Digits after the point, or of a second, that get lost, or another type that comes back."""
    if {sent.kind, stored.kind} <= LARGEST.keys():
        return None
    before, after = (_scale(kind) for kind in (sent, stored))
    if before > after:
        shown = f"0.{'0' * after}1"
        return Clash(shown, "", f"PostgreSQL rounds {shown} to {after} digits without an error")
    if sent.kind == stored.kind and sent.kind in _MOMENTS and (stored.sizes or (6,)) < (sent.sizes or (6,)):
        return Clash("", "", "PostgreSQL rounds fractions of a second without an error")
    return None if sent.kind == stored.kind else _other(sent, stored)


def _scale(kind: SqlType) -> int:
    """Digits after the point."""
    if kind.kind == "numeric":
        return _ENDLESS if kind.digits is None else kind.digits[1]
    return 0 if kind.kind in LARGEST else _ENDLESS


def _other(sent: SqlType, stored: SqlType) -> Clash:
    return Clash("", "", f"it is stored, and comes back as {stored.kind} where the model says {sent.kind}")
