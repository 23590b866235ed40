"""Languages as Boolean combinations of automata and lengths."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cartsnitch_contracts.inclusion.regex.nfa import Automaton


@dataclass(frozen=True)
class Length:
    """Texts of `least` to `most` characters."""

    least: int
    most: int | None


@dataclass(frozen=True)
class Not:
    """Texts that are not in a language."""

    language: "Language"


@dataclass(frozen=True)
class Both:
    """Texts that are in all of these."""

    languages: tuple["Language", ...]


@dataclass(frozen=True)
class Either:
    """Texts that are in any of these."""

    languages: tuple["Language", ...]


type Language = Automaton | Length | Not | Both | Either
type Leaf = Callable[[Automaton | Length], bool | None]


def leaves(language: Language) -> Iterator[Automaton | Length]:
    """The automata and lengths of a combination."""
    match language:
        case Not(inner):
            yield from leaves(inner)
        case Both(inner) | Either(inner):
            for each in inner:
                yield from leaves(each)
        case _:
            yield language


def truth(language: Language, leaf: Leaf) -> bool | None:
    """Whether a combination holds, when some of its leaves may be unknown."""
    match language:
        case Not(inner):
            value = truth(inner, leaf)
            return None if value is None else not value
        case Both(inner):
            values = [truth(each, leaf) for each in inner]
            return False if False in values else None if None in values else True
        case Either(inner):
            values = [truth(each, leaf) for each in inner]
            return True if True in values else None if None in values else False
        case _:
            return leaf(language)
