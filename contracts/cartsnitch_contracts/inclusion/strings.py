"""Texts that satisfy a conjunction of patterns, formats and lengths."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import jsonschema_rs

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.formats import implied, language_of, samples
from cartsnitch_contracts.inclusion.regex import (
    Both,
    Language,
    Length,
    Not,
    Search,
    is_read_in_two_ways,
    language,
)
from cartsnitch_contracts.validation import brief

_TRIES_OF_A_LENGTH = 50  # words of one length that are tried when the automata are not precise
_MISSES = 200


@dataclass(frozen=True)
class Text:
    """What a text must be.

    Attributes:
        inside: patterns, each of which matches somewhere in it.
        outside: patterns, none of which does.
        formats: formats that it has.
        not_formats: formats that it does not have.
        shortest: in code points, as is `longest`.
        only: when given, nothing else is allowed.
    """

    inside: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    not_formats: frozenset[str] = frozenset()
    shortest: int = 0
    longest: int | None = None
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def holds(self, word: str) -> bool:
        """Whether a text satisfies all of it, by jsonschema-rs where patterns and formats are concerned.

        Raises:
            UndecidedError: jsonschema-rs does not take a pattern, or the text holds half of a character.
        """
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UndecidedError("a text holds half of a character (a lone surrogate)") from None
        return (
            self.shortest <= len(word)
            and (self.longest is None or len(word) <= self.longest)
            and (self.only is None or word in self.only)
            and word not in self.never
            and all(judge("pattern", each)(word) for each in self.inside)
            and all(judge("format", each)(word) for each in self.formats)
            and not any(judge("pattern", each)(word) for each in self.outside)
            and not any(judge("format", each)(word) for each in self.not_formats)
        )


@lru_cache(maxsize=1024)
def judge(keyword: str, value: str) -> Callable[[str], bool]:
    """Whether a text satisfies one keyword, by jsonschema-rs.

    Raises:
        UndecidedError: jsonschema-rs does not take the pattern.
    """
    try:
        return jsonschema_rs.Draft202012Validator({keyword: value}, validate_formats=True).is_valid
    except (jsonschema_rs.ValidationError, ValueError):
        raise UndecidedError(brief(f"the validator does not take the {keyword} {value!r}")) from None


def words(text: Text, clock: Clock) -> Iterator[str]:
    """Yield the distinct texts that satisfy a conjunction, until there are no more.

    The usual text of a format comes first, then all others, the shortest first. Every one is confirmed by
    jsonschema-rs.

    Raises:
        UndecidedError: it cannot tell whether there are more; those already yielded are real.
    """
    if text.only is not None:
        yield from filter(text.holds, sorted(text.only, key=lambda word: (len(word), word)))
        return
    crossed = text.longest is not None and text.longest < text.shortest
    if crossed or text.inside & text.outside or implied(text.formats) & text.not_formats:
        return
    usual = [word for word in samples(text.formats) if text.holds(word)]
    yield from usual
    # Where patterns are read in two ways, the readings agree on ASCII: other texts prove nothing.
    split = any(map(is_read_in_two_ways, text.inside | text.outside))
    doubtful = False
    for unicode in (True, False) if split else (False,):
        wanted, precise = _language(text, unicode=unicode)
        search = Search(wanted, clock)
        misses = 0
        for word in search.words(None if precise else _TRIES_OF_A_LENGTH):
            clock.tick()
            if word in usual:
                continue
            if (word.isascii() or not split) and text.holds(word):
                misses = 0
                if unicode is split:
                    yield word
            elif word not in text.never:
                doubtful |= split and not word.isascii() and (not unicode or text.holds(word))
                misses += 1
                if misses > _MISSES:
                    raise UndecidedError(_doubt(text))
        if search.skipped or doubtful:
            raise UndecidedError(_doubt(text))


def _language(text: Text, *, unicode: bool) -> tuple[Language, bool]:
    """A language that holds at least the texts, and whether precisely these.

    With `unicode`, patterns that are read in two ways are read as jsonschema-rs does, else as ECMA-262 does.
    """

    def read(pattern: str, *, generous: bool) -> tuple[Language, bool]:
        return language(pattern, generous=generous, unicode=unicode and is_read_in_two_ways(pattern))

    parts: list[tuple[Language, bool]] = [(Length(text.shortest, text.longest), True)]
    parts += [read(each, generous=True) for each in sorted(text.inside)]
    parts += [language_of(each, generous=True) for each in sorted(text.formats)]
    for found, precise in [
        *(read(each, generous=False) for each in sorted(text.outside)),
        *(language_of(each, generous=False) for each in sorted(text.not_formats)),
    ]:
        parts.append((Not(found), precise))
    return Both(tuple(each for each, _ in parts)), all(precise for _, precise in parts)


def _doubt(text: Text) -> str:
    parts = [f"in {each!r}" for each in sorted(text.inside)]
    parts += [f"not in {each!r}" for each in sorted(text.outside)]
    parts += [f"of format {each}" for each in sorted(text.formats)]
    parts += [f"not of format {each}" for each in sorted(text.not_formats)]
    return brief(f"whether a text is {', '.join(parts)}")
