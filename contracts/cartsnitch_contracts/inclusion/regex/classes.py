"""Reads escapes and classes such as `\\d`, `\\p{L}` and `[^a-z]` of a pattern into sets of characters."""

import re
from functools import lru_cache

import jsonschema_rs

from cartsnitch_contracts.inclusion.regex.charset import ALL, NONE, Charset


class Unreadable(Exception):  # noqa: N818 - a pattern that we cannot read is no error of its author
    """A pattern, or a part of it, is outside of what is understood here."""


NEWLINE = Charset.characters("\n")
DIGIT = Charset.of([(0x30, 0x39)])
WORD = Charset.of([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = Charset.characters("\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | Charset.of(
    [(0x2000, 0x200A)]
)
_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE}
_IN_UNICODE = {
    "d": r"\p{Nd}",
    "w": r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]",
    "s": r"\p{White_Space}",
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_ASCII = Charset.of([(0, 0x7F)])
_HEX = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|[ux]\{([0-9A-Fa-f]{1,6})\}|c([A-Za-z])")
_PROPERTY = re.compile(r"([pP])(?:([A-Z])|\{([A-Za-z_]+(?:=[A-Za-z_]+)?)\})")
_ITSELF = frozenset("^$\\.*+?()[]{}|/-_@ #&~!\"'%,:;=`")


def read_escape(
    text: str, at: int, *, ignore_case: bool = False, unicode: bool = False
) -> tuple[Charset | None, int]:
    """The set that the escape after a backslash stands for, and where it ends; None when it cannot be told.

    With `unicode`, the classes of digits, letters and space hold what Unicode says, not just ASCII.

    Raises:
        Unreadable: no such escape is known.
    """
    kind = text[at : at + 1]
    if found := _PROPERTY.match(text, at):
        name = found[2] or found[3]
        return (None if ignore_case else engine_class(rf"\{found[1]}{{{name}}}")), found.end()
    if kind.lower() in _CLASSES and kind:
        known = engine_class(_IN_UNICODE[kind.lower()]) if unicode else _CLASSES[kind.lower()]
        among = folded(known) if ignore_case and not unicode else known
        return (~among if kind.isupper() and among is not None else among), at + 1
    if found := _HEX.match(text, at):
        among = Charset.characters(_coded(found))
        end = found.end()
    elif kind and (kind in _CONTROLS or kind in _ITSELF):
        among = Charset.characters(_CONTROLS.get(kind, kind))
        end = at + 1
    else:
        raise Unreadable(f"the escape \\{kind}")
    return (folded(among) if ignore_case else among), end


def _coded(found: re.Match[str]) -> str:
    if found[4]:
        return chr(ord(found[4]) % 32)
    point = int(found[1] or found[2] or found[3], 16)
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        raise Unreadable("half of a character")
    return chr(point)


def read_class(
    text: str, at: int, *, ignore_case: bool = False, unicode: bool = False
) -> tuple[Charset | None, int]:
    """The set of a class whose `[` has just been read, and where it ends; None when it cannot be told.

    `unicode` as in `read_escape`.

    Raises:
        Unreadable: it is not closed, or holds what is not understood.
    """
    negative = text.startswith("^", at)
    at += negative
    members: Charset | None = NONE
    first = True
    while first or not text.startswith("]", at):
        low, at = _member(text, at, unicode)
        if text.startswith("-", at) and not text.startswith("-]", at):
            high, at = _member(text, at + 1, unicode)
            low = _span(low, high)
        members = None if members is None or low is None else members | low
        first = False
    if ignore_case and members is not None:
        members = folded(members)
    if negative and members is not None:
        members = ~members
    return members, at + 1


def _member(text: str, at: int, unicode: bool) -> tuple[Charset | None, int]:
    char = text[at : at + 1]
    if not char:
        raise Unreadable("a class that is not closed")
    if text[at : at + 2] in ("--", "~~", "&&"):
        raise Unreadable("arithmetic of classes")
    if char == "\\":
        return read_escape(text, at + 1, unicode=unicode)
    return Charset.characters(char), at + 1


def _span(low: Charset | None, high: Charset | None) -> Charset:
    ends = [each.spans[0] for each in (low, high) if each is not None and len(each.spans) == 1]
    if len(ends) < 2 or any(first != last for first, last in ends) or ends[0] > ends[1]:
        raise Unreadable("a range that is none")
    return Charset.of([(ends[0][0], ends[1][0])])


def folded(among: Charset) -> Charset | None:
    """The set with the other case of each letter; None when that is for the engine's Unicode tables to say.

    Beyond ASCII only the Kelvin sign (a k) and the long s have to do with ASCII letters.
    """
    plain = [chr(point) for low, high in (among & _ASCII).spans for point in range(low, high + 1)]
    beyond = among & ~_ASCII
    if beyond and beyond & ~SPACE:
        return None
    both = "".join(each.lower() + each.upper() for each in plain)
    more = "\u212a" * ("k" in both) + "\u017f" * ("s" in both)
    return among | Charset.characters(both + more)


@lru_cache(maxsize=64)
def engine_class(text: str) -> Charset:
    """The characters of a class as jsonschema-rs sees them: Unicode tables differ between versions.

    Whole blocks are asked for first, so that a million characters take some ten thousand questions.

    Raises:
        Unreadable: jsonschema-rs does not know the class.
    """
    try:
        every, some = (
            jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid
            for pattern in (f"^(?:{text})*$", text)
        )
    except (jsonschema_rs.ValidationError, ValueError):
        raise Unreadable(f"the class {text}") from None
    spans: list[tuple[int, int]] = []
    blocks = [(low, low + 0x3FF) for first, last in ALL.spans for low in range(first, last + 1, 0x400)]
    while blocks:
        low, high = blocks.pop()
        sample = "".join(map(chr, range(low, high + 1)))
        if not some(sample):
            continue
        if every(sample):
            spans.append((low, high))
        else:
            middle = (low + high) // 2
            blocks += [(low, middle), (middle + 1, high)]
    return Charset.of(spans)
