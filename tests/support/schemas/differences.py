"""Why jsoncompat and we differ on a pair: each difference is of one of these kinds, and each is checked."""

from typing import Any, Final

from schemas.hunt import Decision, refuted
from schemas.oracles import accepts
from schemas.pairs import Pair
from schemas.peers import Answer, Peer

NONE: Final = "both say the same"
GIVES_UP: Final = "it gives up"
NO_ANSWER: Final = "it crashes, or does not answer in time"
SELF_REFUTED: Final = "it says compatible, and its own validator confirms our witness"
DIALECT: Final = "it says compatible, and its validator reads a pattern or a format unlike jsonschema-rs"
HOLLOW: Final = "it says incompatible, with a witness that jsonschema-rs does not confirm"
WE_GIVE_UP: Final = "we give up"
UNEXPLAINED: Final = "nobody knows why"
KINDS: Final = (GIVES_UP, NO_ANSWER, SELF_REFUTED, DIALECT, HOLLOW, WE_GIVE_UP)


def difference(pair: Pair, ours: Decision, theirs: Answer, validator: Peer) -> str:
    """The kind of a difference; `validator` is the peer that validates as jsoncompat does."""
    if ours.verdict == theirs.verdict:
        return NONE
    if ours.verdict == "unproven":
        return WE_GIVE_UP
    if refuted(pair, ours):
        return UNEXPLAINED
    if theirs.verdict == "unproven":
        failed = theirs.reason.startswith(("crashed", "no answer in time", "PanicException"))
        return NO_ANSWER if failed else GIVES_UP
    if theirs.verdict == "breaking":
        return UNEXPLAINED if _proves(pair, theirs.witness[0]) else HOLLOW
    sent = validator.decide(pair.writer, ours.witness).verdict == "compatible"
    refused = validator.decide(pair.reader, ours.witness).verdict == "breaking"
    return SELF_REFUTED if sent and refused else DIALECT


def _proves(pair: Pair, witness: Any) -> bool:
    return accepts(pair.writer)(witness) and not accepts(pair.reader)(witness)
