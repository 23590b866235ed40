"""Formats as languages: proofs about them, and no disagreement with jsonschema-rs."""

import re
from itertools import islice
from random import Random

import jsonschema_rs
import pytest

from cartsnitch_contracts.inclusion.clock import Clock
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.formats import KNOWN, implied
from cartsnitch_contracts.inclusion.strings import Text, judge, words

SOME = {
    "date": ["2024-02-29", "2000-02-29", "1900-02-28", "2023-12-31", "0000-04-30"],
    "time": ["12:00:00Z", "23:59:60Z", "00:29:60.5+00:30", "01:02:03.123456-05:30"],
    "date-time": ["2024-02-29T12:00:00Z", "1998-12-31t23:59:60z", "2024-01-01T12:00:00.5+05:30"],
    "duration": ["P1D", "PT1S", "P1Y2M3DT4H5M6S", "P3W", "P1YT1S", "PT5M"],
    "uuid": ["aaaaaaaa-AAAA-0000-9999-aaaaaaaaaaaa"],
    "email": ["a@b.co", '"a b"@c', "a.b+c@d-e.f", "a@[127.0.0.1]", "a@[IPv6:::1]",
              '"a\\"@b"@c.d', "a@xn--nxasmq6b"],
    "idn-email": ["a@b.co", "é@é"],
    "hostname": ["a", "a.b-c.d", "xn--nxasmq6b.com", "1.2", "A--b"],
    "idn-hostname": ["a.b", "é", "xn--nxasmq6b"],
    "ipv4": ["127.0.0.1", "255.249.199.99", "0.0.0.1"],
    "ipv6": ["::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1::2:1.2.3.4", "::ffff:1.2.3.4", "1:2::3:4"],
    "uri": ["a:", "http://u:p@h:1/a/b;c?d=e#f", "urn:x", "http://[::1]:80/x%20y", "a:/b//c", "a:////"],
    "uri-reference": ["", "/a", "a/b:c", "//a", "#a", "?a/b", "../a", "a:b"],
    "iri": ["http://é/ü?ö#ä", "a:b"],
    "iri-reference": ["é", "", "/a"],
    "uri-template": ["http://a/{?b,c}{/d*}{+e:3}", "a", ""],
    "json-pointer": ["", "/", "/a~0b~1/c", "/é"],
    "relative-json-pointer": ["0", "1/a", "20#", "0/~0"],
    "regex": ["a", "^[a-z]+$", "(?=a)", r"\d{2,}"],
}  # fmt: skip
SHAPES = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d:\d\d.*",
    "date-time": r"\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d.*",
}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("date", r"^\d{4}-\d{2}-\d{2}$"),
        ("date-time", r"^\d{4}-\d{2}-\d{2}[Tt]"),
        ("date-time", r"[Zz]$|[+-]\d\d:\d\d$"),
        ("time", r"^([01]\d|2[0-3]):[0-5]\d:"),
        ("duration", r"^P"),
        ("uuid", r"^[0-9a-fA-F-]{36}$"),
        ("email", "@[^@]+$"),
        ("hostname", r"^[a-zA-Z0-9.-]{1,253}$"),
        ("ipv4", r"^(\d{1,3}\.){3}\d{1,3}$"),
        ("ipv6", r"^[0-9a-fA-F:.]{2,45}$"),
        ("uri", r"^[A-Za-z][^\s]*$"),
        ("uri-reference", r"^[^\s]*$"),
        ("json-pointer", "^(/|$)"),
        ("relative-json-pointer", r"^\d"),
    ],
)
def test_a_format_lies_within_a_pattern_that_describes_it(name, pattern):
    """No text has the format and fails the pattern, and that is proved."""
    text = Text(formats=frozenset({name}), outside=frozenset({pattern}))

    assert list(words(text, Clock(Budget()))) == []


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"^20\d\d-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])$", "date"),
        (r"^2024-02-29T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?(Z|\+02:00)$", "date-time"),
        (r"^P\d+D$", "duration"),
        (r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "uuid"),
        (r"^[a-z]{1,20}\.[a-z]{1,20}@[a-z]{1,20}\.(com|co\.uk)$", "email"),
        (r"^[a-z]{1,20}@example\.com$", "idn-email"),
        (r"^[a-z0-9]{1,30}(-[a-z0-9]{1,20})?\.example\.com$", "hostname"),
        (r"^10\.0\.[1-9]?\d\.[1-9]?\d$", "ipv4"),
        (r"^fe80::[0-9a-f]{1,4}$", "ipv6"),
        (r"^https://[a-z.]+/[a-z/]*(\?[a-z]+=[0-9]+)?$", "uri"),
        (r"^/[a-z/]*[a-z]$|^#[a-z]*$", "uri-reference"),
        (r"^(/[a-z]+)*$", "json-pointer"),
        (r"^[a-z]*$", "regex"),
    ],
)
def test_a_pattern_that_is_narrow_enough_lies_within_a_format(pattern, name):
    """No text matches the pattern without having the format, and that is proved."""
    text = Text(inside=frozenset({pattern}), not_formats=frozenset({name}))

    assert list(words(text, Clock(Budget()))) == []


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_known_format_has_texts_and_lacks_others(name):
    """The validator really asserts it; and both kinds of texts are found."""
    having = list(islice(words(Text(formats=frozenset({name})), Clock(Budget())), 5))
    lacking = list(islice(words(Text(not_formats=frozenset({name})), Clock(Budget())), 5))

    assert len(set(having)) == len(set(lacking)) == 5
    assert all(judge("format", name)(word) for word in having)
    assert not any(judge("format", name)(word) for word in lacking)


@pytest.mark.parametrize("name", ["uuid4", "binary", "password", "name-email", "decimal", "no-such"])
def test_an_unknown_format_asserts_nothing(name):
    """As jsonschema-rs has it: every text has it."""
    assert name not in KNOWN
    assert judge("format", name)("\x00 what ever")
    assert next(words(Text(formats=frozenset({name})), Clock(Budget()))) == ""
    assert list(words(Text(not_formats=frozenset({name})), Clock(Budget()))) == []


def test_a_mail_address_may_be_longer_than_a_column():
    """A writer of any address is refused by a reader of up to 255 characters."""
    (word,) = islice(words(Text(formats=frozenset({"email"}), shortest=256), Clock(Budget())), 1)

    assert len(word) == 256


def test_no_mail_address_is_longer_than_its_parts():
    """64 characters, an @, and 253 for the host."""
    assert list(words(Text(formats=frozenset({"email"}), shortest=319), Clock(Budget()))) == []


def varied(dice: Random, name: str) -> str:
    """A text that has a format, or nearly."""
    some = SOME[name]
    word, letters = dice.choice(some), "".join(some) + '09aZ.:-@/%#[]~"\\é\n +'
    for _ in range(dice.randint(0, 3)):
        at, kind = dice.randint(0, len(word)), dice.random()
        word = word[:at] + (dice.choice(letters) if kind < 0.7 else "") + word[at + (kind > 0.4) :]
    return word


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_automata_and_the_validator_agree_on_texts_like_those_of_a_format(name):
    """What has the format is never ruled out, and neither is what lacks it."""
    dice = Random(name)  # noqa: S311
    judge_here = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
    tried = {varied(dice, name) for _ in range(250)}

    for word in tried:
        if name in SHAPES and not re.fullmatch(SHAPES[name], word):
            continue  # the validator takes some other characters for digits there
        exactly = frozenset({"^" + "".join(f"\\u{{{ord(each):x}}}" for each in word) + "$"})
        having = list(words(Text(inside=exactly, formats=frozenset({name})), Clock(Budget())))
        lacking = list(words(Text(inside=exactly, not_formats=frozenset({name})), Clock(Budget())))
        assert (having, lacking) == (([word], []) if judge_here.is_valid(word) else ([], [word]))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_a_format_implies_the_validator_finds_too(name):
    """A URI is also a URI reference, and so on, for texts like those of the format."""
    dice = Random(name)  # noqa: S311
    having = {word for word in (varied(dice, name) for _ in range(2_000)) if judge("format", name)(word)}

    for other in implied(frozenset({name})):
        assert all(judge("format", other)(word) for word in having)
