"""The words of a language, shortest first: a walk through all its automata at once, one character a step.

A *layer* is the set of product states that texts of one length lead to. Layers repeat sooner or later, so
long lengths are reached by a jump and not by walking. Once no new state turns up, states that lead nowhere
are told apart for good, so that a language that is empty, or at its end, is known to be.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from cartsnitch_contracts.inclusion.clock import Clock, UndecidedError
from cartsnitch_contracts.inclusion.regex.charset import partition
from cartsnitch_contracts.inclusion.regex.logic import Language, Length, leaves, truth
from cartsnitch_contracts.inclusion.regex.nfa import Automaton

type State = tuple[int, ...]
type Layer = frozenset[State]

_LONGEST = 1_000_000
_MOST_STATES = 10_000


class Search:
    """A lazy walk through one language.

    Attributes:
        skipped: whether words were left out, because of `most_of_a_length`.
    """

    def __init__(self, wanted: Language, clock: Clock) -> None:
        self.skipped = False
        self._wanted = wanted
        self._clock = clock
        parts = list(dict.fromkeys(leaves(wanted)))
        self._automata = [each for each in parts if isinstance(each, Automaton)]
        self._place = {automaton: place for place, automaton in enumerate(self._automata)}
        self._classes = partition(among for each in self._automata for among in each.among)
        lengths = [each for each in parts if isinstance(each, Length)]
        cuts = {each.least for each in lengths} | {each.most + 1 for each in lengths if each.most is not None}
        self._stretches = sorted({0} | cuts)  # between two of these all lengths are alike
        self._steps: dict[State, list[tuple[int, State]]] = {}
        self._hopes: dict[State, int] = {}
        self._alive: list[set[State]] | None = None
        self._layers: list[Layer] = []
        self._backwards: dict[tuple[int, Layer], Layer] = {}

    def words(self, most_of_a_length: int | None = None) -> Iterator[str]:
        """Yield each word once; ends when there are no more.

        Raises:
            UndecidedError: it takes too many states, or words would have a million characters.
        """
        layer: Layer = frozenset([tuple(each.start for each in self._automata)])
        stretch, seen = 0, dict[Layer, int]()
        while True:
            length = len(self._layers)
            if self._end(stretch) == length:
                stretch, seen = stretch + 1, {}
            layer = frozenset(state for state in layer if self._promising(state, stretch))
            if not layer:
                return
            self._clock.tick(1 + len(layer) // 16)
            if self._alive is not None and layer in seen:
                self._jump(seen.pop(layer), length, self._end(stretch))
                if len(self._layers) > length:
                    seen = {}
                    continue
            self._layers.append(layer)
            accepting = frozenset(state for state in layer if self._accepts(state, stretch))
            if accepting:
                seen = {}
                yield from self._spelled(accepting, length, most_of_a_length)
            else:
                seen[layer] = length
            steps = {step for state in layer for _, step in self._after(state)}
            layer = frozenset(step for step in steps if self._promising(step, stretch))
            if self._alive is None and layer <= self._steps.keys():
                self._alive = self._survivors()

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

    def _truth(self, stretch: int, automaton: Callable[[Automaton], bool | None]) -> bool | None:
        start = self._stretches[stretch]

        def leaf(each: Automaton | Length) -> bool | None:
            if isinstance(each, Automaton):
                return automaton(each)
            return each.least <= start and (each.most is None or start <= each.most)

        return truth(self._wanted, leaf)

    def _accepts(self, state: State, stretch: int) -> bool:
        """Whether texts that lead to a state, of a length in a stretch, are words."""
        return bool(self._truth(stretch, lambda each: each.accepts(state[self._place[each]])))

    def _promising(self, state: State, stretch: int) -> bool:
        """Whether a state may be, or lead to, a word in this stretch or a later one."""
        if self._alive is not None:
            return state in self._alive[stretch]
        if state not in self._hopes:
            hopes = (
                place
                for place in reversed(range(len(self._stretches)))
                if self._accepts(state, place)
                or self._truth(place, lambda each: each.outlook(state[self._place[each]])) is not False
            )
            self._hopes[state] = next(hopes, -1)
        return self._hopes[state] >= stretch

    def _after(self, state: State) -> list[tuple[int, State]]:
        """The classes of characters, and the state that each leads to."""
        if state not in self._steps:
            self._clock.tick()
            if len(self._steps) >= _MOST_STATES:
                raise UndecidedError(f"patterns that together take more than {_MOST_STATES:,} states")
            both = list(zip(self._automata, state, strict=True))
            self._steps[state] = [
                (place, tuple(each.after(at, holders) for each, at in both))
                for place, (_, holders) in enumerate(self._classes)
            ]
        return self._steps[state]

    def _survivors(self) -> list[set[State]]:
        """For each stretch the states that lead to a word in it, or further on; all states are known now."""
        back: dict[State, list[State]] = {}
        for state, steps in self._steps.items():
            for _, step in steps:
                back.setdefault(step, []).append(state)
        alive: list[set[State]] = []
        later: set[State] = set()
        for stretch in reversed(range(len(self._stretches))):
            reached = later | {state for state in self._steps if self._accepts(state, stretch)}
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
            key = (id(layer), goals[-1])
            if key not in self._backwards:
                self._backwards[key] = frozenset(
                    state for state in layer if any(step in goals[-1] for _, step in self._steps[state])
                )
            goals.append(self._backwards[key])
        goals.reverse()
        words = self._paths(goals) if length else iter([""])
        yield from islice(words, most)
        if most is not None and next(words, None) is not None:
            self.skipped = True

    def _paths(self, goals: list[Layer]) -> Iterator[str]:
        """Spell every path from the start through the states of each layer in turn."""

        def choices(state: State, depth: int) -> Iterator[tuple[str, State]]:
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
