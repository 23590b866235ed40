"""Recursion comes to an end, and no answer that leans on an open question is kept for good."""

from random import Random

import pytest

from cartsnitch_contracts.inclusion.clock import UndecidedError
from cartsnitch_contracts.inclusion.memory import Memory, Model
from cartsnitch_contracts.inclusion.table import Formulas
from schemas.pools import seeded

TABLE = Formulas()


class System:
    """Questions that refer to each other: to have a value takes one for all questions of an alternative."""

    def __init__(self, random: Random, size: int) -> None:
        self.alternatives = {
            number: [random.choices(range(size), k=random.randint(1, 3)) for _ in range(random.randint(0, 3))]
            for number in range(size)
        }
        for number in random.choices(range(size), k=random.randint(0, 2)):
            self.alternatives[number].append([])
        self.memory = Memory()

    def has_value(self, number: int) -> bool:
        """The answer by recursion, through the memory."""
        return self.memory.ask(TABLE.lazy(number), lambda _: self._find(number)) is not None

    def _find(self, number: int) -> Model | None:
        found = any(all(map(self.has_value, others)) for others in self.alternatives[number])
        return Model(None) if found else None

    def with_values(self) -> set[int]:
        """The right answers, from below: what has a value because of those known to have one."""
        known: set[int] = set()
        while True:
            more = {
                number
                for number, alternatives in self.alternatives.items()
                if any(known.issuperset(others) for others in alternatives)
            }
            if more == known:
                return known
            known = more


@pytest.mark.parametrize("seed", range(20))
def test_recursive_questions_have_the_least_answer(seed):
    """Fifty systems of questions, each asked in a random order: what has a value is what has a finite one."""
    random = seeded("memory", seed)
    for _ in range(50):
        system = System(random, size=random.randint(1, 9))
        numbers = random.sample(range(len(system.alternatives)), k=len(system.alternatives))

        found = {number for number in numbers if system.has_value(number)}

        assert found == system.with_values(), system.alternatives


def test_an_answer_leans_on_what_its_answers_lean_on():
    """What was empty for the sake of a question that was empty for another's sake leans on that other."""
    alternatives = {
        "first": [["second"], ["fourth"], []],
        "second": [["third"], ["first"]],
        "third": [["second"]],
        "fourth": [["third"]],
    }
    memory = Memory()

    def has_value(name):
        return memory.ask(TABLE.lazy(name), lambda _: find(name)) is not None

    def find(name):
        return Model(None) if any(all(map(has_value, others)) for others in alternatives[name]) else None

    assert [name for name in alternatives if has_value(name)] == list(alternatives)


def test_an_answer_is_found_once():
    """A question that was answered is not looked at again."""
    memory, asked = Memory(), []

    def find(formula):
        asked.append(formula)
        return Model(1)

    question = TABLE.lazy("q")

    assert memory.ask(question, find) == memory.ask(question, find) == Model(1)
    assert asked == [question]


def test_what_cannot_be_told_is_remembered_with_its_reason():
    """Asked again, it fails at once in the same way."""
    memory, asked = Memory(), []

    def find(formula):
        asked.append(formula)
        raise UndecidedError("a riddle")

    for _ in range(2):
        with pytest.raises(UndecidedError, match="a riddle"):
            memory.ask(TABLE.lazy("q"), find)

    assert len(asked) == 1
