"""Pairs about the look of strings: regular expressions of all kinds, lengths, formats and names."""

from random import Random
from typing import Final

from schemas.pools import FORMATS, WORDS, Schema
from schemas.words import word

ATOMS: Final = (
    "a", "b", "c", "1", "-", "é", r"\.", r"\-", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", ".", "[ab]", "[^a]",
    "[a-c]", "[^a-c1]", "[0-9]", r"[\w-]", r"[^\d]", r"[a\-b]", r"\u00e9", r"\x61", r"[\s\S]", "[]", "[^]",
    r"\t", r"\/", r"[.]", "[A-Z]", "[+*]", r"\$",
)  # fmt: skip
REPEATS: Final = ("", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?", "??", "{1,2}?")


def expression(random: Random, depth: int = 2) -> str:
    """A regular expression, as ECMAScript writes them."""
    text = _alternatives(random, depth)
    if random.random() < 0.75:
        text = f"^{text if '|' not in text or random.random() < 0.2 else f'(?:{text})'}"
    if random.random() < 0.7:
        text = f"{text}$"
    if random.random() < 0.08:
        ahead = random.choice(("?=", "?!"))
        text = f"^({ahead}{_alternatives(random, 1)}{random.choice(('', '$'))}){text.removeprefix('^')}"
    return text


def _alternatives(random: Random, depth: int) -> str:
    return "|".join(_sequence(random, depth) for _ in range(random.choice((1, 1, 1, 2, 3))))


def _sequence(random: Random, depth: int) -> str:
    return "".join(_repeated(random, depth) for _ in range(random.choice((0, 1, 1, 2, 2, 3))))


def _repeated(random: Random, depth: int) -> str:
    if depth > 0 and random.random() < 0.3:
        opening = random.choice(("(", "(?:", "(?:", "(?<n>" if depth == 2 and random.random() < 0.1 else "("))
        return f"{opening}{_alternatives(random, depth - 1)}){random.choice(REPEATS)}"
    if random.random() < 0.03:
        return random.choice(("^", "$"))
    return random.choice(ATOMS[:4] if random.random() < 0.5 else ATOMS) + random.choice(REPEATS)


def altered(random: Random, pattern: str) -> str:
    """The expression with a character more, less or changed, where that is still one."""
    at = random.randint(0, len(pattern))
    piece = random.choice(("", "a", "?", "*", "+", "b", "[ab]", "|", "$", "^", r"\d", "{1,2}"))
    return pattern[:at] + piece + pattern[at + random.randrange(2) :]


def pattern_pair(random: Random) -> tuple[Schema, Schema]:
    """A writer and a reader of strings, or of objects with such names."""
    first = expression(random)
    second = altered(random, first) if random.random() < 0.6 else expression(random)
    writer, reader = _text(random, first), _text(random, second)
    if random.random() < 0.15:
        return {"type": "object", "propertyNames": writer}, {"propertyNames": reader}
    if random.random() < 0.1:
        return {"type": "object", "patternProperties": {first: False}}, {"patternProperties": {second: False}}
    return {"type": "string", **writer}, reader


def _text(random: Random, pattern: str) -> Schema:
    roll = random.random()
    if roll < 0.08:
        return {"enum": sorted({word(random, pattern) for _ in range(3)} | {random.choice(WORDS)})}
    if roll < 0.16:
        return {"format": random.choice(tuple(FORMATS))}
    schema: Schema = {"pattern": pattern}
    if random.random() < 0.25:
        schema["maxLength"] = random.randrange(5)
    if random.random() < 0.15:
        schema["minLength"] = random.randrange(4)
    return {"not": schema} if random.random() < 0.08 else schema
