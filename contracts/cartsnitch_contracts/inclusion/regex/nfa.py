"""Automata of plain patterns: positions, each a set of characters and what follows it, as bits of integers.

A pattern matches anywhere in a text, so its start is joined to every step (`restart`), and once it has
matched, all that comes is fine (`DONE`). `AT_END` is where it has matched if the text ends here.
"""

from dataclasses import dataclass, field

from cartsnitch_contracts.inclusion.regex.charset import Charset
from cartsnitch_contracts.inclusion.regex.tree import Alt, Begin, Cat, Chars, End, Look, Node, Repeat

DONE, AT_END = 1, 2
_FIRST = 2  # the bits below are DONE and AT_END
_MOST_NODES = 10_000
_MOST_VISITS = 150_000


class TooLargeError(Exception):
    """A pattern takes more states than it is worth."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """The texts in which a plain pattern matches.

    Attributes:
        start: the state of the empty text.
        restart: positions where a match may start after the first character.
        among: for each position, its characters.
        follow: for each position, the state behind it.
    """

    start: int
    restart: int
    among: tuple[Charset, ...]
    follow: tuple[int, ...]
    _holding: dict[frozenset[Charset], int] = field(default_factory=dict)

    def live(self, state: int, holders: frozenset[Charset]) -> int:
        """The positions of a state that take a character, told by the sets that hold it."""
        if state & DONE:
            return DONE
        if holders not in self._holding:
            bits = (1 << place + _FIRST for place, among in enumerate(self.among) if among in holders)
            self._holding[holders] = sum(bits)
        return state & self._holding[holders]

    def after(self, live: int) -> int:
        """The state after the character that some positions have taken."""
        if live & DONE:
            return DONE
        result = self.restart
        while live:
            lowest = live & -live
            result |= self.follow[lowest.bit_length() - 1 - _FIRST]
            live ^= lowest
        return DONE if result & DONE else result

    def accepts(self, state: int) -> bool:
        """Whether a text that ends in a state is in the language."""
        return bool(state & (DONE | AT_END))

    def outlook(self, state: int) -> bool | None:
        """What all longer texts are: in the language, out of it, or (None) some of each, perhaps."""
        if state & DONE:
            return True
        return None if state >> _FIRST or self.restart else False


def build(tree: Node) -> Automaton:
    """The automaton of a tree without looks.

    Raises:
        TooLargeError: it would take too many states.
    """
    net = _Net()
    entry, final = net.node(), net.node()
    net.add(tree, entry, final)
    useful = net.leading_to(final)
    steps = {place: step for place, step in enumerate(net.steps) if step and step[1] in useful}
    bits = {place: 1 << number + _FIRST for number, place in enumerate(steps)}

    def state(place: int, *, begin: bool = False) -> int:
        middle = net.closure(place, begin=begin)
        ending = net.closure(place, begin=begin, end=True)
        positions = sum(bits.get(each, 0) for each in middle)
        return DONE if final in middle else positions | AT_END * (final in ending)

    follow = {target: state(target) for target in {target for _, target in steps.values()}}
    return Automaton(
        start=state(entry, begin=True),
        restart=state(entry),
        among=tuple(among for among, _ in steps.values()),
        follow=tuple(follow[target] for _, target in steps.values()),
    )


class _Net:
    """Nodes joined by characters and by edges that take none: always, at the start, or at the end."""

    def __init__(self) -> None:
        self.steps: list[tuple[Charset, int] | None] = []
        self._visits = 0
        self._always: list[list[int]] = []
        self._begin: list[list[int]] = []
        self._end: list[list[int]] = []

    def node(self) -> int:
        """A new node."""
        if len(self.steps) >= _MOST_NODES:
            raise TooLargeError
        self.steps.append(None)
        for edges in (self._always, self._begin, self._end):
            edges.append([])
        return len(self.steps) - 1

    def add(self, tree: Node, source: int, target: int) -> None:
        """Join two nodes by all that a tree matches."""
        match tree:
            case Chars(among):
                inner = self.node()
                self._always[source].append(inner)
                self.steps[inner] = (among, target)
            case Begin():
                self._begin[source].append(target)
            case End():
                self._end[source].append(target)
            case Cat(items):
                for item in items:
                    inner = self.node()
                    self.add(item, source, inner)
                    source = inner
                self._always[source].append(target)
            case Alt(items):
                for item in items:
                    self.add(item, source, target)
            case Repeat(item, least, most):
                self._repeat(item, least, most, source, target)
            case Look():
                raise TypeError("a look is lifted or settled before")

    def _repeat(self, item: Node, least: int, most: int | None, source: int, target: int) -> None:
        for _ in range(least):
            inner = self.node()
            self.add(item, source, inner)
            source = inner
        if most is None:
            loop = self.node()
            self._always[source].append(loop)
            self.add(item, loop, loop)
            source = loop
        for _ in range(0 if most is None else most - least):
            self._always[source].append(target)
            inner = self.node()
            self.add(item, source, inner)
            source = inner
        self._always[source].append(target)

    def closure(self, place: int, *, begin: bool = False, end: bool = False) -> set[int]:
        """The nodes that are reached without a character."""
        kinds = [self._always] + [self._begin] * begin + [self._end] * end
        seen, waiting = {place}, [place]
        while waiting:
            here = waiting.pop()
            for edges in kinds:
                more = [each for each in edges[here] if each not in seen]
                seen.update(more)
                waiting += more
        self._visits += len(seen)
        if self._visits > _MOST_VISITS:
            raise TooLargeError
        return seen

    def leading_to(self, final: int) -> set[int]:
        """The nodes from which the final one is reached, other than by an anchor to the start."""
        back: list[list[int]] = [[] for _ in self.steps]
        for place, step in enumerate(self.steps):
            for target in [*self._always[place], *self._end[place], *([step[1]] if step else [])]:
                back[target].append(place)
        seen, waiting = {final}, [final]
        while waiting:
            more = [each for each in back[waiting.pop()] if each not in seen]
            seen.update(more)
            waiting += more
        return seen
