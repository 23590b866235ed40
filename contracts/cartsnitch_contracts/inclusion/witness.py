"""A value that proves a break: confirmed by an independent validator, and made as small as can be found."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from cartsnitch_contracts.inclusion.clock import LOOK, Clock, SpentError
from cartsnitch_contracts.validation import Validator

_WORK = 500_000  # characters of candidates that are looked at: a long witness is tried less often
_SIMPLE: tuple[Any, ...] = (None, False, True, 0, 1, "", [], {})


@dataclass(frozen=True)
class Judge:
    """Two validators, who know nothing of how a value was found."""

    writer: Validator
    reader: Validator

    def confirms(self, value: Any) -> bool:
        """Whether the writer's schema accepts the value and the reader's refuses it."""
        try:
            return self.writer.is_valid(value) and not self.reader.is_valid(value)
        except ValueError:  # not JSON after all: half of a character, or nested too deeply
            return False


def shrunk(value: Any, judge: Judge, clock: Clock) -> Any:
    """The smallest value found that the judge confirms, starting from one that it does confirm."""
    work, size = _WORK, _size(value)
    smaller = True
    try:
        while smaller and work > 0:
            smaller = False
            for candidate in _simpler(value):
                clock.tick(LOOK)
                work -= size
                if work < 0:
                    break
                if (less := _size(candidate)) < size and judge.confirms(candidate):
                    value, size, smaller = candidate, less, True
                    break
    except SpentError:
        pass  # the time is up: what was found so far is a witness as well
    return value


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, default=str))


def _simpler(value: Any) -> Iterator[Any]:
    """Values like this one with less in them, those that leave out most first."""
    yield from _SIMPLE
    match value:
        case dict():
            yield from value.values()
            for names in _chunks(list(value)):
                yield {name: inner for name, inner in value.items() if name not in names}
            for name, inner in value.items():
                yield from ({**value, name: other} for other in _simpler(inner))
            yield from (_renamed(value, name, shorter) for name in value for shorter in _shorter(name))
        case list():
            yield from value
            for places in _chunks(list(range(len(value)))):
                yield [inner for place, inner in enumerate(value) if place not in places]
            for place, inner in enumerate(value):
                yield from ([*value[:place], other, *value[place + 1 :]] for other in _simpler(inner))
        case str():
            yield from _shorter(value)
        case bool() | None:
            return
        case int() | float():
            yield from chain((2, -1), (value // 10, value // 2) if abs(value) > 2 else (), (round(value),))


def _chunks[T](items: list[T]) -> Iterator[set[T]]:
    """Halves, quarters and so on, down to each alone."""
    length = len(items)
    while length:
        yield from (set(items[start : start + length]) for start in range(0, len(items), length))
        length //= 2


def _shorter(text: str) -> Iterator[str]:
    yield from ("", "a", "0")
    for places in _chunks(list(range(len(text)))):
        yield "".join(character for place, character in enumerate(text) if place not in places)


def _renamed(value: dict[str, Any], name: str, shorter: str) -> dict[str, Any]:
    return {shorter if key == name else key: inner for key, inner in value.items() if key != shorter}
