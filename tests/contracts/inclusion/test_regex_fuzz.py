"""Generated patterns: their words are exactly the ones that jsonschema-rs accepts."""

from itertools import product
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.strings import Text, words

SMALL = r"^[ab1 \-\n]{0,3}$"
EVERY = ["".join(letters) for length in range(4) for letters in product("ab1 -\n", repeat=length)]
ATOMS = r"""
    a b 1 a b . \d \w \s \D \W \S [ab] [^a] [^ab] [a-c] [^\d] [\w-] [^\s] [\s1] \n \x61 \u0062 \- [-a] A B
    [^\w] [\W] [\D] [A-Z] [^\Wb] [^\S1] [\Sa] [b\W] \p{L} [\p{Nd}-] [^\P{L}]
""".split()  # noqa: SIM905 - a table is easier to read
COUNTS = ["*", "+", "?", "{2}", "{0,1}", "{1,2}", "{2,}", "{0,20}", "{3}", "*?", "+?", "??", "{0}", "{1,2}?"]
HARD = [
    "(?={})", "(?!{})", "(?<=a)", "(?<!b)", r"\b", r"\B", r"(a|b)\1", "(?i:{})", "(?s:{})", "(?:{})++",
]  # fmt: skip


def part(dice: Random, depth: int, *, hard: bool) -> str:
    kind = dice.random()
    if depth <= 0 or kind < 0.35:
        return dice.choice(ATOMS)
    inner = part(dice, depth - 1, hard=hard)
    if kind < 0.55:
        return inner + part(dice, depth - 1, hard=hard)
    if kind < 0.65:
        return f"({dice.choice(['', '?:'])}{inner}|{part(dice, depth - 1, hard=hard)})"
    if kind < 0.85:
        return f"(?:{inner}){dice.choice(COUNTS)}"
    if kind < 0.93 or not hard:
        return dice.choice(["^{}", "{}$", r"\A{}", "{}^", r"{}\z"]).format(inner)
    return dice.choice(HARD).replace("{}", inner)


def whole(dice: Random, *, hard: bool) -> str:
    pattern = part(dice, dice.randint(1, 4), hard=hard)
    pattern = dice.choice(["", "^"]) + pattern + dice.choice(["", "$"])
    if hard and dice.random() < 0.4:
        pattern = f"^{dice.choice(['(?!', '(?='])}{part(dice, 2, hard=True)}){pattern}"
    if hard and dice.random() < 0.2:
        pattern = f"{pattern}{dice.choice(['(?<!', '(?<='])}{part(dice, 2, hard=False)})$"
    if hard and dice.random() < 0.1:
        pattern = dice.choice(["(?i)", "(?s)"]) + pattern
    return f"{pattern}|{part(dice, 2, hard=hard)}" if dice.random() < 0.15 else pattern


def found(text: Text) -> tuple[list[str], bool]:
    """The words, and whether these are known to be all."""
    got: list[str] = []
    try:
        for word in words(text, Clock(Budget())):
            got.append(word)  # noqa: PERF402 - what came before the error counts
    except UndecidedError:
        return got, False
    return got, True


def accepted(pattern: str) -> set[str] | None:
    try:
        judge: Any = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except jsonschema_rs.ValidationError:
        return None  # the dice made no pattern
    return {word for word in EVERY if judge.is_valid(word)}


@pytest.mark.parametrize("seed", range(120))
def test_the_words_of_a_generated_pattern_are_those_that_the_validator_accepts(seed):
    """All texts of up to three characters of a small alphabet, inside and outside of the pattern."""
    pattern = whole(Random(seed), hard=False)  # noqa: S311
    inside = accepted(pattern)
    if inside is None:
        return

    matching, all_matching = found(Text(inside=frozenset({pattern, SMALL})))
    failing, all_failing = found(Text(inside=frozenset({SMALL}), outside=frozenset({pattern})))

    assert all_matching
    assert all_failing
    assert (set(matching), set(failing)) == (inside, set(EVERY) - inside)
    assert len(matching) + len(failing) == len(EVERY)
    assert list(map(len, matching)) == sorted(map(len, matching))


@pytest.mark.parametrize("seed", range(150))
def test_a_pattern_that_is_guessed_at_never_loses_a_word_in_silence(seed):
    """With looks, borders and back references: what is called complete is, and what is yielded is real."""
    pattern = whole(Random(seed), hard=True)  # noqa: S311
    inside = accepted(pattern)
    if inside is None:
        return

    matching, all_matching = found(Text(inside=frozenset({pattern, SMALL})))
    failing, all_failing = found(Text(inside=frozenset({SMALL}), outside=frozenset({pattern})))

    assert set(matching) == inside if all_matching else set(matching) <= inside
    outside = set(EVERY) - inside
    assert set(failing) == outside if all_failing else set(failing) <= outside
