"""Few names, constants, bounds and patterns: what is drawn twice overlaps, and overlap is where bugs live."""

from random import Random
from typing import Any, Final

type Schema = dict[str, Any]
type Node = Schema | bool

NAMES: Final = ("a", "b", "c", "ab", "x-a")
CONSTANTS: Final = (None, True, False, 0, 1, 2, 3, -1, 1.0, 1.5, "", "a", "b", "ab", "1", "é")
COMPOSITES: Final = ([], [1], [1, 2], ["a"], [True], [None, None], {}, {"a": 1}, {"a": "a", "b": 1}, [{}])
BOUNDS: Final = (-1, 0, 0.5, 1, 2, 2.5, 3, 5)
DIVISORS: Final = (1, 2, 3, 0.5, 0.1, 1.5, 4)
TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")

PATTERNS: Final[dict[str, tuple[str, ...]]] = {
    "^a": ("a", "ab", "abc", "a1", "aa"),
    "b$": ("b", "ab", "bb", "éb"),
    "^[ab]+$": ("a", "b", "ab", "ba", "aaa"),
    "^a?b*$": ("", "a", "b", "ab", "abb"),
    "^(a|b)c?$": ("a", "b", "ac", "bc"),
    r"^\d{2}$": ("00", "12", "99"),
    r"^\d+$": ("0", "1", "12", "123"),
    "^x-": ("x-", "x-a", "x-1"),
    "^[a-z]{1,3}$": ("a", "ab", "abc", "zzz"),
    "^$": ("",),
    "[^a]": ("b", "ab", "1", "é"),
    "a|b": ("a", "b", "1a", "xbx"),
    "^(?!a)[ab]{1,2}$": ("b", "bb", "ba"),
    r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$": ("1", "-1.5", "0.10", "+2", ".5", "5."),
    r"^(?:[a-z0-9]+-)*[a-z0-9]+$": ("a", "a-b", "1-a-2"),
}
"""Each with words that it matches."""

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "date": ("2024-02-29", "1999-12-31", "0001-01-01"),
    "date-time": ("2024-02-29T00:00:00Z", "1999-12-31T23:59:59.5+01:00"),
    "time": ("12:00:00Z", "23:59:59.123+00:00"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "018f3d1c-5a7e-7c11-8a55-0a0b0c0d0e0f"),
    "email": ("a@b.co", "x.y@example.org"),
    "ipv4": ("127.0.0.1",),
    "uri": ("a:b", "https://example.org/a?b#c"),
}
"""Each with words that have it."""

MATCHING: Final = (word for words in (*PATTERNS.values(), *FORMATS.values()) for word in words)
WORDS: Final = tuple(
    dict.fromkeys(("", "a", "b", "c", "ab", "x-a", "é", "😀", "aaaa", "\n", "a\n", " ", *MATCHING))
)


def seeded(*parts: object) -> Random:
    """A source of randomness that the parts alone decide."""
    return Random(repr(parts))  # noqa: S311
