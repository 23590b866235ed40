"""Words that a regular expression matches, drawn from its parse by Python's own parser."""

import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from schemas.pools import PATTERNS

ALPHABET: Final = "ab1é-"
CLASSES: Final[dict[Any, str]] = {
    codes.CATEGORY_DIGIT: "019",
    codes.CATEGORY_NOT_DIGIT: "ab-é",
    codes.CATEGORY_WORD: "ab1_",
    codes.CATEGORY_NOT_WORD: "- é",
    codes.CATEGORY_SPACE: " \t",
    codes.CATEGORY_NOT_SPACE: "ab1",
}


def word(random: Random, pattern: str) -> str:
    """A word that the pattern probably matches; lookarounds are not heeded."""
    if pattern in PATTERNS and random.random() < 0.6:
        return random.choice(PATTERNS[pattern])
    tokens = _parse(pattern)
    text = _draw(random, tokens)
    if tokens and tokens[0] != (codes.AT, codes.AT_BEGINNING) and random.random() < 0.3:
        text = random.choice(ALPHABET) + text
    if tokens and tokens[-1] != (codes.AT, codes.AT_END) and random.random() < 0.3:
        text += random.choice(ALPHABET)
    return text


@cache
def _parse(pattern: str) -> tuple[Any, ...]:
    with suppress(RecursionError, ValueError, OverflowError, parser.error), catch_warnings():
        simplefilter("ignore")  # of what Python may come to read otherwise
        return tuple(parser.parse(pattern.replace("(?<n>", "(?:")))
    return ()


def _draw(random: Random, tokens: Any) -> str:
    return "".join(_one(random, code, value) for code, value in tokens)


def _one(random: Random, code: Any, value: Any) -> str:  # noqa: PLR0911 - a return for each token
    match code:
        case codes.LITERAL:
            return chr(value)
        case codes.NOT_LITERAL | codes.ANY:
            return random.choice(ALPHABET)
        case codes.IN:
            return _member(random, value)
        case codes.BRANCH:
            return _draw(random, random.choice(value[1]))
        case codes.SUBPATTERN:
            return _draw(random, value[-1])
        case codes.MAX_REPEAT | codes.MIN_REPEAT:
            low, high, inner = value
            times = random.choice((low, min(int(high), low + 1), min(int(high), low + 2)))
            return "".join(_draw(random, inner) for _ in range(min(times, 40)))
        case _:
            return ""


def _member(random: Random, members: Any) -> str:
    if members[0][0] is codes.NEGATE:
        excluded = {chr(value) for code, value in members[1:] if code is codes.LITERAL}
        return random.choice([one for one in ALPHABET if one not in excluded] or ["?"])
    code, value = random.choice(members)
    match code:
        case codes.RANGE:
            return chr(random.choice((value[0], value[1], random.randint(*value))))
        case codes.CATEGORY:
            return random.choice(CLASSES[value])
        case _:
            return chr(value)
