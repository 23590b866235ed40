"""Sets of characters, as sorted spans of code points; surrogates are no characters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

type Span = tuple[int, int]
"""First and last code point."""

_LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)
_PREFERRED = [
    *map(ord, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    *map(ord, " -_./:@+#,;!?$%&*=~'()[]{}<>|\"^`\\"),
]
_RANK = {point: rank for rank, point in enumerate(_PREFERRED)}


@dataclass(frozen=True)
class Charset:
    """A set of characters; `spans` are sorted and do not touch."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Charset":
        """The set of all characters in some spans, in any order."""
        merged: list[Span] = []
        for low, high in sorted(chain.from_iterable(map(_without_surrogates, spans))):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @classmethod
    def characters(cls, text: str) -> "Charset":
        """The set of the characters of a text."""
        return cls.of((ord(each), ord(each)) for each in text)

    def __or__(self, other: "Charset") -> "Charset":
        return Charset.of(self.spans + other.spans)

    def __invert__(self) -> "Charset":
        gaps, start = [], 0
        for low, high in self.spans:
            gaps.append((start, low - 1))
            start = high + 1
        return Charset.of([*gaps, (start, _LAST)])

    def __and__(self, other: "Charset") -> "Charset":
        return ~(~self | ~other)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, point: int) -> bool:
        return any(low <= point <= high for low, high in self.spans)

    @cached_property
    def plain(self) -> list[str]:
        """Its characters of plain ASCII: letters first, then the rest."""
        return [chr(point) for point in _PREFERRED if point in self]

    def __iter__(self) -> Iterator[str]:
        """Each character once: plain ASCII first, letters before the rest, controls last."""
        yield from self.plain
        later = [(max(low, 0xA1), high) for low, high in self.spans if high >= 0xA1]
        early = [(low, min(high, 0xA0)) for low, high in self.spans if low < 0xA1]
        for low, high in chain(later, reversed(early)):
            yield from (chr(point) for point in range(low, high + 1) if point not in _RANK)

    @property
    def rank(self) -> int:
        """How plain its plainest character is; smaller is plainer."""
        return _RANK[ord(self.plain[0])] if self.plain else len(_RANK)


def _without_surrogates(span: Span) -> Iterator[Span]:
    low, high = span
    if low <= min(high, _SURROGATES[0] - 1):
        yield low, min(high, _SURROGATES[0] - 1)
    if max(low, _SURROGATES[1] + 1) <= high:
        yield max(low, _SURROGATES[1] + 1), high


ALL = Charset.of([(0, _LAST)])
NONE = Charset(())


@lru_cache(maxsize=256)
def partition(given: frozenset[Charset]) -> list[tuple[Charset, frozenset[Charset]]]:
    """Cut the alphabet into classes that none of the sets tells apart, with the sets that hold each class."""
    starts: dict[int, set[Charset]] = {0: set()}
    ends: dict[int, set[Charset]] = {}
    for each in given:
        for low, high in each.spans:
            starts.setdefault(low, set()).add(each)
            ends.setdefault(high + 1, set()).add(each)
    pieces: dict[frozenset[Charset], list[Span]] = {}
    cuts = sorted({*starts, *ends} - {_LAST + 1})
    inside: set[Charset] = set()
    for low, after in zip(cuts, [*cuts[1:], _LAST + 1], strict=True):
        inside -= ends.get(low, set())
        inside |= starts.get(low, set())
        pieces.setdefault(frozenset(inside), []).append((low, after - 1))
    classes = ((Charset.of(spans), holders) for holders, spans in pieces.items())
    return sorted((each for each in classes if each[0]), key=lambda each: each[0].rank)
