"""Texts that satisfy patterns, formats and lengths at once: shortest first, complete, and real."""

from contextlib import suppress
from itertools import islice
from typing import Any

import pytest

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.strings import Text, words

SET_FIELDS = ("inside", "outside", "formats", "not_formats", "only", "never")


def first(count: int = 1_000, *, budget: Budget = Budget(), **fields: Any) -> list[str]:  # noqa: B008 - frozen
    sets = {name: frozenset(fields.pop(name)) for name in SET_FIELDS if name in fields}
    return list(islice(words(Text(**sets, **fields), Clock(budget)), count))


MONEY = r"^(0|[1-9][0-9]{0,7})\.[0-9]{2}$"
PYDANTIC_DECIMAL = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"
MAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
VERSION = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$"
SIZE = r"^(0\.[0-9]*[1-9][0-9]*|[1-9][0-9]*(\.[0-9]+)?)( ?x ?[1-9][0-9]*(\.[0-9]+)?)?$"


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (MONEY, r"^-?[0-9]{1,8}(\.[0-9]+)?$"),
        (MONEY, PYDANTIC_DECIMAL),
        (r"^(0\.[0-9]{2}|1\.00)$", r"^[0-9]{1}(\.[0-9]+)?$"),
        (r"^(0\.(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})|[1-9][0-9]{0,6}\.[0-9]{3})$", r"^[0-9]{1,7}(\.[0-9]+)?$"),
        (r"^[0-9]{4,20}$", r"^[^\x00]*$"),
        (r"^[0-9]{12}$", r"^[0-9]{4,20}$"),
        (r"^[0-9]{5}$", r"^[0-9]{5}(-[0-9]{4})?$"),
        (r"^https?://[^\s\x00]+$", r"^[^\x00]*$"),
        (r"^https://[a-z.]+/[a-z/]*$", r"^https?://[^\s\x00]+$"),
        (r"^[1-9][0-9]* ?x ?[1-9]$", SIZE),
        (MAIL, r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        (MAIL, "@"),
        (SLUG, r"^[a-z0-9-]+$"),
        (VERSION, r"^\d+\.\d+\.\d+"),
        (r"^[0-9a-f]{64}$", r"^(?:[0-9a-fA-F]{2})*$"),
        (r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", r"^\d{4}-\d{2}-\d{2}$"),
        (r"^[a-z]{1,1000}$", r"^[a-z0-9]{1,2000}$"),
        (r"^[A-Z][a-z]{0,9999}$", r"^[A-Za-z]{1,10000}$"),
        (r"^(?=.*[0-9])(?=.*[a-z])[a-z0-9]{8,}$", r"[0-9][a-z]|[a-z][0-9]"),
        (r"^(?!admin$)[a-z]+$", r"^[a-z]+$"),
        (r"^[a-z]+(?<!end)$", r"^[a-z]+$"),
        (r"(?i)^usd$", r"^[UuDdS-s\u017f]{3}$"),
        (r"^\p{Lu}\p{Ll}*$", r"^\p{L}+$"),
        (r"^\p{L}+$", r"^\P{N}+$"),
    ],
)
def test_a_pattern_within_another_is_proved_and_the_other_way_round_refuted(inner, outer):
    """Nothing matches the narrow one alone; a text that matches the wide one alone is found."""
    assert first(inside={inner}, outside={outer}) == []
    assert first(1, inside={outer}, outside={inner})


@pytest.mark.parametrize("inner", ["abc$", r"b{5}|a{2,70000}", r"\.", "", "^", "a$|^$", r"(?:^|-)x(?:-|$)"])
def test_a_pattern_is_within_itself(inner):
    """Also where it is anchored in one place, and also as an equal pattern of other letters."""
    assert first(inside={inner}, outside={f"(?:{inner})"}) == []


def test_a_limit_of_length_costs_no_walk():
    """A thousand characters beside a pattern take a few steps of the budget, not thousands."""
    few = Budget(steps=100)

    assert (
        first(inside={r"^[^\x00]*$"}, shortest=1, longest=1000, outside={r"^[^\x00]{1,1000}$"}, budget=few)
        == []
    )
    assert first(inside={SLUG}, longest=200, outside={r"^[a-z0-9-]{1,200}$"}, budget=few) == []
    (word,) = first(1, inside={SLUG}, longest=201, outside={r"^[a-z0-9-]{1,200}$"}, budget=few)
    assert len(word) == 201


def test_the_shortest_word_comes_first_and_reads_well():
    """A person who sees the witness sees letters and digits, not control characters."""
    assert first(3) == ["", "a", "b"]
    assert first(1, shortest=3) == ["aaa"]
    assert first(1, inside={"^[^a]+-"}) == ["b-"]
    assert first(1, inside={"x", "y"}) == ["xy"]


def test_a_format_shows_a_usual_text_first_and_once():
    """A year 0 or a host of one letter would distract from what a witness is about."""
    dates = first(inside={"^2026-01-3"}, formats={"date"})

    assert dates == ["2026-01-31", "2026-01-30"]
    assert first(1, formats={"date-time"}) == ["2026-01-31T12:00:00Z"]
    assert first(1, formats={"date"}, inside={"^2025"}) == ["2025-01-01"]


def test_words_are_counted_to_the_last():
    """Two words of one digit are two; with one forbidden there is one, and then none."""
    assert first(inside={"^[01]$"}) == ["0", "1"]
    assert first(inside={"^[01]$"}, never={"1"}) == ["0"]
    assert first(inside={"^[01]$"}, never={"0", "1"}) == []
    assert len(first(inside={"^[ab]{0,3}$"})) == 1 + 2 + 4 + 8


def test_one_character_may_be_any_but_a_surrogate():
    """There are 1,112,064 characters: all code points without the 2,048 surrogates."""
    every = first(2_000_000, inside={r"^[^\u{100}-\u{10ffff}]$"})
    last = first(10, inside={r"^[\u{10fffe}-\u{10ffff}]$"})

    assert sorted(map(ord, every)) == list(range(0x100))
    assert last == ["\U0010fffe", "\U0010ffff"]
    assert first(inside={r"^[\u{d7ff}-\u{e000}]$"}) == ["\ud7ff", "\ue000"]


def test_length_counts_characters_and_not_their_bytes():
    """One emoji is one character."""
    assert first(1, inside={"^\U0001f600+$"}, longest=1) == ["\U0001f600"]


def test_no_text_is_shorter_than_it_is_long():
    """Bounds that cross, and bounds that a pattern misses, leave nothing."""
    assert first(shortest=2, longest=1) == []
    assert first(inside={"^a{3}$"}, shortest=10**9) == []
    assert first(inside={"^a{3}$"}, longest=2) == []


def test_a_text_of_a_million_characters_is_undecided():
    """It exists, but nobody wants to be shown it."""
    with pytest.raises(UndecidedError, match="characters"):
        first(1, inside={"^a+$"}, shortest=10**9)


def test_a_final_newline_is_part_of_the_text():
    """`$` is the end of the text alone."""
    assert first(inside={"^a\\n?$"}, outside={"^a$"}) == ["a\n"]


def test_constants_are_judged_one_by_one():
    """An enum beside a pattern that no automaton can say is still decided."""
    assert first(only={"noon", "no", "nono"}, inside={r"^(no)\1$"}) == ["nono"]
    assert first(only={"2024-02-30", "2024-02-29"}, formats={"date"}) == ["2024-02-29"]


@pytest.mark.parametrize(
    ("fields", "some"),
    [
        ({"inside": {r"\bfoo\b"}}, "foo"),
        ({"inside": {r"^(a|b)\1$"}}, "aa"),
        ({"inside": {r"^(?:(?!ab).)*c$"}}, "c"),
        ({"outside": {r"\bfoo\b"}, "shortest": 3}, "aaa"),
        ({"inside": {r"(?<=b)c"}}, "bc"),
    ],
)
def test_what_no_automaton_can_say_still_has_words(fields, some):
    """They are guessed from the rest of the pattern, and the validator confirms them."""
    assert first(1, **fields) == [some]


@pytest.mark.parametrize(
    "fields",
    [
        {"inside": {r"^x\bx$"}},
        {"inside": {r"^(?:a(?=b))c$"}},
        {"inside": {r"^(a)\1$"}, "outside": {"^aa$"}},
        {"inside": {"^a$"}, "outside": {r"^(?:a|\bz)$"}, "never": {"a"}, "formats": {"regex"}},
    ],
)
def test_what_no_automaton_can_say_is_not_proved_empty_by_guessing(fields):
    """Either the texts run out one by one, or it is undecided; here none exists."""
    with suppress(UndecidedError):
        assert first(**fields) == []


def test_equal_parts_that_nobody_understands_cancel():
    """A text that matches a pattern and does not match the very same one cannot be."""
    assert first(inside={r"\bfoo\b(?!x)"}, outside={r"\bfoo\b(?!x)"}) == []
    assert first(formats={"iri"}, not_formats={"iri"}) == []


def test_a_search_that_explodes_is_undecided():
    """The seventeenth letter from the end takes 131,072 states, which are not walked through."""
    with pytest.raises(UndecidedError, match="states"):
        first(1, inside={"^[ab]*a[ab]{17}$"}, outside={"^[ab]*a[ab]{17}$|^x$"})


def test_a_pattern_of_too_many_states_is_not_built():
    """Nine thousand positions are guessed at, not built: its words are still real."""
    assert first(1, inside={"^(?:ab{7,9}){0,1000}c$"}, shortest=2) == ["abbbbbbbc"]


def test_two_signs_beyond_ascii_are_cases_of_ascii_letters():
    """Without regard to case, the Kelvin sign is a k and the long s an s."""
    assert set(first(inside={"(?i)^[ks]$"})) == set("kKsS\u212a\u017f")
    assert set(first(inside={r"(?i)^\w$"}, outside={r"^\w$"})) == set("\u212a\u017f")


def test_looks_at_both_ends_are_understood():
    """A host name's label: no hyphen first or last, nor two of them."""
    label = r"^(?!-)(?!.*--)[a-z0-9-]{1,63}(?<!-)$"

    assert first(inside={label}, outside={r"^[a-z0-9]+(?:-[a-z0-9]+)*$"}) == []
    assert first(inside={r"^[a-z0-9]+(?:-[a-z0-9]+)*$"}, outside={label}, longest=63) == []


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (r"^(?!a)\d$", r"^[0-9]$"),
        (r"^(?!a)\w$", r"^[^é]$"),
        (r"^(?!a)\W$", r"^[^é]$"),
        (r"^\ufeff$", r"^(?!a)\s$"),
        (PYDANTIC_DECIMAL, r"\d"),
    ],
)
def test_classes_beside_a_look_are_read_in_two_ways(inside, outside):
    """By ECMA-262 they are ASCII, to jsonschema-rs they are not: what depends on that is undecided."""
    with pytest.raises(UndecidedError):
        first(inside={inside}, outside={outside})


def test_half_a_character_is_undecided():
    """A lone surrogate in an enum is no text that the validator takes."""
    with pytest.raises(UndecidedError, match="surrogate"):
        first(only={"\ud800"})
