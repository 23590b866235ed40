"""What three deciders say of one pair, and what is true of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cartsnitch_contracts.inclusion import Decision, Verdict, decide
from schemas.differences import NONE, difference
from schemas.draft4 import draft4
from schemas.hunt import search
from schemas.oracles import accepts
from schemas.pairs import Pair
from schemas.peers import Answer, Peer

SECONDS = 1.0
"""A peer has so long for a pair; it is started anew when it has not answered by then."""
PAYLOADS = 60
"""That try to refute each inclusion."""


@dataclass
class Score:
    """A decider's verdicts, and its times in seconds."""

    right: int = 0
    compatible_but_broken: int = 0
    breaking_but_included: int = 0
    unproven: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def count(self, answer: Answer, *, included: bool) -> None:
        """Take one answer in."""
        self.seconds.append(answer.seconds)
        if answer.verdict == "unproven":
            self.unproven += 1
            self.reasons[answer.reason] += 1
        elif (answer.verdict == "compatible") == included:
            self.right += 1
        elif included:
            self.breaking_but_included += 1
        else:
            self.compatible_but_broken += 1


def judge(pairs: Iterable[Pair], differences: Counter[str]) -> dict[str, Score]:
    """The scores of ours and of the peers, by name; the three take turns on each pair.

    A pair is broken when a payload proves it, be it ours, a peer's or one of the search's, and included when
    none does. Why ours and jsoncompat differ is counted in `differences`.
    """
    names = ("ours", "jsoncompat", "jsonsubschema")
    scores = {name: Score() for name in names}
    with (
        Peer("jsoncompat", seconds=SECONDS) as first,
        Peer("jsonsubschema", seconds=SECONDS) as second,
        Peer("jsoncompat's validator", seconds=SECONDS) as validator,
    ):
        ways: tuple[Callable[[Pair], Answer], ...] = (
            _ours,
            lambda pair: first.decide(pair.writer, pair.reader),
            lambda pair: second.decide(draft4(pair.writer), draft4(pair.reader)),
        )
        for pair in pairs:
            answers = [way(pair) for way in ways]
            included = not any(_proves(pair, answer) for answer in answers) and search(pair, PAYLOADS) is None
            for name, answer in zip(names, answers, strict=True):
                scores[name].count(answer, included=included)
            ours = Decision(Verdict(answers[0].verdict), *answers[0].witness)
            differences[difference(pair, ours, answers[1], validator)] += 1
    del differences[NONE]
    return scores


def _ours(pair: Pair) -> Answer:
    started = time.perf_counter()
    decision = decide(pair.writer, pair.reader)
    seconds = time.perf_counter() - started
    witness = (decision.witness,) if decision.verdict == "breaking" else ()
    return Answer(str(decision.verdict), witness, decision.reason, seconds)


def _proves(pair: Pair, answer: Answer) -> bool:
    return any(accepts(pair.writer)(one) and not accepts(pair.reader)(one) for one in answer.witness)
