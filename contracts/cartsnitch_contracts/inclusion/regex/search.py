"""The words of a language, shortest first: a walk through all its automata at once, one character a step.

A *layer* is the set of product states that texts of one length lead to. Layers repeat sooner or later, so
long lengths are reached by a jump and not by walking. Once no new state turns up, states that lead nowhere
are told apart for good, so that a language that is empty, or at its end, is known to be.
"""

from collections.abc import Iterator
from itertools import islice

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.regex.charset import partition
from cartsnitch_contracts.inclusion.regex.logic import Language, Length, at_length, leaves, truth
from cartsnitch_contracts.inclusion.regex.nfa import Automaton

type State = tuple[int, ...]
"""One state of each automaton."""
type Layer = frozenset[int]
"""Product states, by number."""

_LONGEST = 1_000_000
_MOST_WORK = 10_000  # states, and some more for those of many positions


class Search:
    """A lazy walk through one language.

    Attributes:
        skipped: whether words were left out, because of `most_of_a_length`.
    """

    def __init__(self, wanted: Language, clock: Clock) -> None:
        self.skipped = False
        self._clock = clock
        self._work = 0
        parts = list(dict.fromkeys(leaves(wanted)))
        self._automata = [each for each in parts if isinstance(each, Automaton)]
        self._place = {automaton: place for place, automaton in enumerate(self._automata)}
        self._classes = partition(frozenset(among for each in self._automata for among in each.among))
        lengths = [each for each in parts if isinstance(each, Length)]
        cuts = {each.least for each in lengths} | {each.most + 1 for each in lengths if each.most is not None}
        self._stretches = sorted({0} | cuts)  # between two of these all lengths are alike
        self._wanted = [at_length(wanted, start) for start in self._stretches]
        self._accepting: list[set[int]] = [set() for _ in self._stretches]
        self._alive: list[set[int]] = [set() for _ in self._stretches]
        self._complete = False
        self._numbers: dict[State, int] = {}
        self._states: list[State] = []
        self._steps: dict[int, list[tuple[int, int]]] = {}
        self._next: dict[int, Layer] = {}
        self._layers: list[Layer] = []
        self._backwards: dict[tuple[Layer, Layer], Layer] = {}

    def words(self, most_of_a_length: int | None = None) -> Iterator[str]:
        """Yield each word once; ends when there are no more.

        Raises:
            UndecidedError: it takes too many states, or words would have a million characters.
        """
        layer: Layer = frozenset([self._number(tuple(each.start for each in self._automata))])
        stretch, seen = 0, dict[Layer, int]()
        while True:
            length = len(self._layers)
            if self._end(stretch) == length:
                stretch, seen = stretch + 1, {}
            layer &= self._alive[stretch]
            if not layer:
                return
            self._clock.tick()
            if self._complete and layer in seen:
                self._jump(seen.pop(layer), length, self._end(stretch))
                if len(self._layers) > length:
                    seen = {}
                    continue
            self._layers.append(layer)
            accepting = layer & self._accepting[stretch]
            if accepting:
                seen = {}
                yield from self._spelled(accepting, length, most_of_a_length)
            else:
                seen[layer] = length
            layer = frozenset().union(*map(self._after, layer)) & self._alive[stretch]
            if not self._complete and layer <= self._steps.keys():
                self._alive = self._survivors()
                self._complete = True

    def _end(self, stretch: int) -> int | None:
        """The first length beyond a stretch."""
        return self._stretches[stretch + 1] if stretch + 1 < len(self._stretches) else None

    def _jump(self, since: int, length: int, end: int | None) -> None:
        """Repeat the layers of a cycle in which nothing is accepted, up to the end of the stretch."""
        period = length - since
        times = 0 if end is None else (end - length) // period
        if times * period > _LONGEST:
            raise UndecidedError(f"a text would need more than {_LONGEST:,} characters")
        self._layers += self._layers[since:length] * times

    def _number(self, state: State) -> int:
        """The number of a state; of a new one, it is found out where it is accepted and may lead."""
        if state in self._numbers:
            return self._numbers[state]
        number = self._numbers[state] = len(self._states)
        self._states.append(state)
        hope = False
        for stretch in reversed(range(len(self._stretches))):
            wanted = self._wanted[stretch]
            if truth(wanted, lambda each: each.accepts(state[self._place[each]])):
                self._accepting[stretch].add(number)
                hope = True
            if hope or truth(wanted, lambda each: each.outlook(state[self._place[each]])) is not False:
                self._alive[stretch].add(number)
                hope = True
        return number

    def _after(self, number: int) -> Layer:
        """The states that one more character leads to."""
        if number not in self._next:
            state = self._states[number]
            work = sum(each.bit_count() for each in state)
            self._clock.tick(1 + work // 64)
            self._work += 1 + work // 8
            if self._work > _MOST_WORK:
                raise UndecidedError("patterns that together take too many states")
            live = [
                tuple(each.live(at, holders) for each, at in zip(self._automata, state, strict=True))
                for _, holders in self._classes
            ]
            step = {key: self._number(tuple(map(Automaton.after, self._automata, key))) for key in set(live)}
            self._steps[number] = [(place, step[key]) for place, key in enumerate(live)]
            self._next[number] = frozenset(step.values())
        return self._next[number]

    def _survivors(self) -> list[set[int]]:
        """For each stretch the states that lead to a word in it, or further on; all states are known now."""
        back: dict[int, list[int]] = {}
        for state, steps in self._next.items():
            for step in steps:
                back.setdefault(step, []).append(state)
        alive: list[set[int]] = []
        later: set[int] = set()
        for accepting in reversed(self._accepting):
            reached = later | accepting
            waiting = list(reached)
            while waiting:
                more = [each for each in back.get(waiting.pop(), []) if each not in reached]
                reached.update(more)
                waiting += more
            alive.append(reached)
            later = reached
        return alive[::-1]

    def _spelled(self, accepting: Layer, length: int, most: int | None) -> Iterator[str]:
        """Yield the words of one length that lead to the accepting states of its layer."""
        goals = [accepting]
        for layer in reversed(self._layers[:length]):
            key = (layer, goals[-1])
            if key not in self._backwards:
                self._backwards[key] = frozenset(
                    state for state in layer if not self._next[state].isdisjoint(goals[-1])
                )
            goals.append(self._backwards[key])
        goals.reverse()
        words = self._paths(goals) if length else iter([""])
        yield from islice(words, most)
        if most is not None and next(words, None) is not None:
            self.skipped = True

    def _paths(self, goals: list[Layer]) -> Iterator[str]:
        """Spell every path from the start through the states of each layer in turn."""

        def choices(state: int, depth: int) -> Iterator[tuple[str, int]]:
            for place, step in self._steps[state]:
                if step in goals[depth + 1]:
                    for character in self._classes[place][0]:
                        yield character, step

        (start,) = goals[0]
        stack, letters = [choices(start, 0)], list[str]()
        while stack:
            character, state = next(stack[-1], (None, start))
            if character is None:
                stack.pop()
                if letters:
                    letters.pop()
            elif len(stack) == len(goals) - 1:
                yield "".join(letters) + character
            else:
                stack.append(choices(state, len(stack)))
                letters.append(character)
