"""Where a setting stands in a TOML file: the parser of the standard library does not say."""

import re
from collections.abc import Sequence
from typing import Final

_HEADER: Final = re.compile(r"\s*\[\[?\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_STEP: Final = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY: Final = re.compile(rf"\s*(?P<name>{_STEP}(?:\s*\.\s*{_STEP})*)\s*=")
_PART: Final = re.compile(_STEP)


class Lines:
    """Finds the line of a key, counted from 1; what looks like a key within a longer text may mislead it."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._keys: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, 1):
            if header := _HEADER.match(line):
                table = _parts(header["name"])
                self._keys.setdefault(table, number)
            elif key := _KEY.match(line):
                self._keys.setdefault((*table, *_parts(key["name"])), number)

    def of(self, path: Sequence[str]) -> int:
        """The line of the key, or of a text in its list as the last step; else of what is around it, or 1."""
        whole = tuple(path)
        for size in range(len(whole), 0, -1):
            found = self._keys.get(whole[:size]) or self._first_below(whole[:size])
            if found is not None:
                return self._within(found, whole[size]) if size < len(whole) else found
        return 1

    def _first_below(self, path: tuple[str, ...]) -> int | None:
        """Where a table has no header of its own."""
        return min((line for key, line in self._keys.items() if key[: len(path)] == path), default=None)

    def _within(self, begin: int, text: str) -> int:
        """The first line from `begin` up to the next key that quotes the text; `begin` where none does."""
        end = min((line for line in self._keys.values() if line > begin), default=len(self._lines) + 1)
        for number in range(begin, end):
            if f'"{text}"' in self._lines[number - 1] or f"'{text}'" in self._lines[number - 1]:
                return number
        return begin


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(name))
