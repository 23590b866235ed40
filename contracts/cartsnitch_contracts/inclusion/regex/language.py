"""Patterns as Boolean combinations of plain automata and lengths.

A look at the very start, `^(?!A)B`, is a conjunction: B from the start, and not A from the start. A counted
run beside parts of fixed width, `^[A-Z][a-z]{0,999}$`, is a run of any count and a length. Both keep automata
small.
"""

import re
from functools import lru_cache

from cartsnitch_contracts.inclusion.regex.classes import Unreadable
from cartsnitch_contracts.inclusion.regex.logic import Both, Either, Language, Length, Not
from cartsnitch_contracts.inclusion.regex.nfa import TooLargeError, build
from cartsnitch_contracts.inclusion.regex.parse import Parser
from cartsnitch_contracts.inclusion.regex.tree import (
    ANYTHING,
    NOTHING,
    Alt,
    Begin,
    Cat,
    Chars,
    End,
    Look,
    Node,
    Repeat,
    cat,
    clipped,
    looks,
    sequence,
    settled,
    width,
)

_LONG_RUN = 8  # from here on a count is cheaper as a length than as states


_BACKTRACKING = re.compile(r"\(\?(<?[=!]|>)|\\[1-9k]")
_CLASS = re.compile(r"\\[dwsDWS]")


def is_read_in_two_ways(pattern: str) -> bool:
    r"""Whether `\d`, `\w` and `\s` of a pattern are ASCII by ECMA-262, but Unicode to jsonschema-rs.

    It hands patterns with looks or back references to another engine, as they are. May say so of others.
    """
    return bool(_BACKTRACKING.search(pattern) and _CLASS.search(pattern))


@lru_cache(maxsize=1024)
def language(pattern: str, *, generous: bool, unicode: bool = False) -> tuple[Language, bool]:
    """The texts in which a pattern of JSON Schema matches somewhere, and whether it is precisely these.

    Args:
        pattern: what is not understood of it may match anything, or, if not generous, nothing.
        generous: where it cannot be precise, hold too many texts rather than too few.
        unicode: whether classes of digits, letters and space hold more than ASCII.
    """
    parser = Parser(pattern, generous=generous, unicode=unicode)
    try:
        tree = parser.parse()
        try:
            lifter = _Lifter()
            return lifter.language(tree), parser.exact and lifter.exact
        except TooLargeError:
            return _Lifter().language(clipped(tree, generous=generous)), False
    except (Unreadable, TooLargeError, RecursionError):
        return build(ANYTHING if generous else NOTHING), False


class _Lifter:
    """Takes looks at the outer ends, and long runs, out of a tree."""

    def __init__(self) -> None:
        self.exact = True

    def language(self, node: Node) -> Language:
        if not looks(node):
            return _plain(node)
        if isinstance(node, Alt):
            return Either(tuple(map(self.language, node.items)))
        items = list(sequence(node))
        conditions: list[Language] = []
        while len(items) > 1 and isinstance(items[0], Begin) and isinstance(items[1], Begin | Look):
            if isinstance(items[1], Look) and not items[1].ahead:
                break
            conditions += self._condition(items.pop(1))
        while len(items) > 1 and isinstance(items[-1], End) and isinstance(items[-2], End | Look):
            if isinstance(items[-2], Look) and items[-2].ahead:
                break
            conditions += self._condition(items.pop(-2))
        return Both((self._rest(items), *conditions))

    def _condition(self, look: Node) -> list[Language]:
        """What a look at an outer end asks of the whole text."""
        if not isinstance(look, Look):
            return []  # an anchor said twice
        inner = cat(Begin(), look.item) if look.ahead else cat(look.item, End())
        asked = self.language(inner)
        return [Not(asked) if look.negative else asked]

    def _rest(self, items: list[Node]) -> Language:
        """What is left: choices at its ends are looked into, a look in the middle is settled."""
        if len(items) > 1 and isinstance(items[0], Begin) and isinstance(items[1], Alt) and looks(items[1]):
            return Either(tuple(self.language(cat(items[0], each, *items[2:])) for each in items[1].items))
        if looks(Cat(tuple(items))):
            self.exact = False
        return _plain(settled(cat(*items)))


def _plain(node: Node) -> Language:
    """The language of a tree without looks."""
    if isinstance(node, Alt):
        if any(_long_run(each) for each in node.items):
            return Either(tuple(map(_plain, node.items)))
        node = Alt(tuple(map(_stripped, node.items)))
    run = _long_run(node)
    if run is None:
        return build(_stripped(node))
    items = list(sequence(node))
    place, beside = run
    counted = items[place]
    assert isinstance(counted, Repeat)  # noqa: S101 - as _long_run says
    items[place] = Repeat(counted.item, 0, None)
    most = None if counted.most is None else counted.most + beside
    return Both((build(cat(*items)), Length(counted.least + beside, most)))


def _long_run(node: Node) -> tuple[int, int] | None:
    """Where the one long run of an anchored sequence stands, and how many characters stand beside it."""
    items = sequence(node)
    if len(items) < 3 or not isinstance(items[0], Begin) or not isinstance(items[-1], End):
        return None
    widths = [width(item) for item in items[1:-1]]
    varying = [place for place, each in enumerate(widths, 1) if each is None]
    places = varying or range(1, len(items) - 1)
    for place in places:
        item = items[place]
        if (
            isinstance(item, Repeat)
            and isinstance(item.item, Chars)
            and varying in ([], [place])
            and max(item.least, item.most or 0) >= _LONG_RUN
        ):
            return place, sum(each or 0 for each in widths) - (widths[place - 1] or 0)
    return None


def _stripped(node: Node) -> Node:
    """The same language with less to count: an end that is not anchored needs no more than the least."""
    items = list(sequence(node))
    for edge in (0, -1):
        while items:
            outer = items[edge]
            if not isinstance(outer, Repeat) or outer.least == outer.most:
                break
            if outer.least:
                items[edge] = Repeat(outer.item, outer.least, outer.least)
                break
            items.pop(edge)
    return cat(*items)
