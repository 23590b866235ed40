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

NO_TEXT, ANY_TEXT = Either(()), Both(())


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


def at_length(language: Language, length: int) -> Language:
    """What a language asks of texts of one length, beside the length."""
    match language:
        case Length(least, most):
            return ANY_TEXT if least <= length and (most is None or length <= most) else NO_TEXT
        case Not(inner):
            rest = at_length(inner, length)
            return NO_TEXT if rest == ANY_TEXT else ANY_TEXT if rest == NO_TEXT else Not(rest)
        case Both(parts) | Either(parts):
            kind = type(language)
            others: list[Language] = []
            for part in (at_length(each, length) for each in parts):
                if part == kind(()):
                    continue
                if part in (ANY_TEXT, NO_TEXT):
                    return part
                others.extend(part.languages if isinstance(part, kind) else (part,))
            return others[0] if len(others) == 1 else kind(tuple(others))
        case _:
            return language


def truth(language: Language, leaf: Callable[[Automaton], bool | None]) -> bool | None:
    """Whether a combination of automata holds, when it may be unknown of some of them."""
    match language:
        case Not(inner):
            value = truth(inner, leaf)
            return None if value is None else not value
        case Both(parts) | Either(parts):
            decisive = isinstance(language, Either)
            result: bool | None = not decisive
            for part in parts:
                value = truth(part, leaf)
                if value is decisive:
                    return decisive
                result = None if value is None else result
            return result
        case Length():
            raise TypeError("a length is settled before")
        case _:
            return leaf(language)
