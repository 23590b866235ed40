"""Formats are languages to the engine: what jsonschema-rs says of single words must not contradict them."""

import re
from random import Random

import jsonschema_rs
import pytest

from cartsnitch_contracts.inclusion import decide
from schemas.oracles import accepts
from schemas.pools import seeded

WORDS = {
    "date": ("2024-02-29", "1900-02-28", "9999-12-31"),
    "time": ("12:00:00Z", "23:59:60Z", "00:29:60+00:30", "01:02:03.123-23:59"),
    "date-time": ("2024-02-29T00:00:00Z", "1998-12-31t23:59:60.5z", "2020-01-01T00:00:00+01:00"),
    "duration": ("P1Y2M3DT4H5M6S", "P4W", "PT1M", "PT0S"),
    "uuid": ("018f3d1c-5a7e-7c11-8a55-0a0b0c0d0e0f",),
    "ipv4": ("127.0.0.1", "255.255.255.255"),
    "ipv6": ("::1", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"),
    "hostname": ("example.org", "a-b.c", "xn--nxasmq6b"),
    "email": ("a@b.co", '"a b"@c.d', "a@[127.0.0.1]", "x.y+z@example.org"),
    "uri": ("https://u:p@example.org:80/a?b#c", "urn:x:y", "http://[::1]/"),
    "uri-reference": ("/a/b", "?q", "", "a%20b"),
    "json-pointer": ("/a/b", "/~0~1"),
    "regex": ("a+", "[a-z]", r"\d{2}"),
}
LETTERS = "0123456789abcfFxXzZtTPYMDWHS:-.+/#?@%[](){}~ é_=W\n"
NO_DIGIT = re.compile(r"^(?=.*[*,/]|.*\.(?!\d)|.*[-+.:T]{2})")
"""jsonschema-rs 0.60 takes `*`, `+`, `,`, `-`, `.` and `/` for digits of a date or a time: a defect."""


def words(random: Random, name: str, count: int) -> list[str]:
    """Words of the format, and words a few characters away."""
    found = list(WORDS[name])
    for _ in range(count):
        word = random.choice(found)
        for _ in range(random.choice((1, 1, 2))):
            at = random.randint(0, len(word))
            word = (
                word[:at] + random.choice(("", *random.sample(LETTERS, 3))) + word[at + random.randrange(2) :]
            )
        if name not in ("date", "time", "date-time") or is_plain(word):
            found.append(word)
    return found


def is_plain(word: str) -> bool:
    """Whether separators stand where a date or a time has them, so that the defect plays no part."""
    return not NO_DIGIT.search(word) and not re.search(r"\d[-+.]\d(?!\d)|(?<!\d)\d[-:]", word)


@pytest.mark.parametrize("name", WORDS)
def test_a_word_that_has_a_format_is_not_proved_absent(name):
    """A pattern of just that word, and the format: something is sent."""
    check(name, 30)


@pytest.mark.soundness
@pytest.mark.parametrize("name", WORDS)
def test_no_word_among_thousands_contradicts_a_format(name):
    """The same, with more words."""
    check(name, 2000)


def check(name: str, count: int) -> None:
    """No word is in the one and not the other, in either direction."""
    has = accepts({"format": name})
    for word in words(seeded(name), name, count):
        only = {"type": "string", "pattern": f"^{''.join(map(escaped, word))}$"}
        try:
            jsonschema_rs.Draft202012Validator(only, validate_formats=True)
        except jsonschema_rs.ValidationError:
            continue
        with_format = {**only, "format": name}

        verdict = decide(with_format, False).verdict if has(word) else decide(only, {"format": name}).verdict

        assert verdict != "compatible", (word, has(word))


def escaped(char: str) -> str:
    """The character as a pattern that matches it alone."""
    return f"\\{char}" if char in r"^$\.*+?()[]{}|/" else char
