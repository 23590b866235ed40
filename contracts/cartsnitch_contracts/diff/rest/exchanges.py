"""Requests and responses of one operation: judged like events, between callers and the service."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Consumer, Decoder
from cartsnitch_contracts.diff.effects import effect, made_effect, worst_first
from cartsnitch_contracts.diff.exchange import Judged, judge, worst
from cartsnitch_contracts.diff.finding import made
from cartsnitch_contracts.diff.report import SAFE, Comparison, Effect, Finding, Impact, Kind
from cartsnitch_contracts.diff.rest.calls import LOCATIONS, Call
from cartsnitch_contracts.diff.rules.rest import PARAMETERS
from cartsnitch_contracts.diff.schema.change import Ends
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.rest import Operation, RestDocument, Sides
from cartsnitch_contracts.topology import title

type Pinned = Callable[[str, str], RestDocument | None]
"""The document of a service at a version of the package, if there is one."""
_SHARED = ""


@dataclass(frozen=True, eq=False)
class Pair:
    """One operation in two versions, and who calls it.

    Attributes:
        service: who offers it, by its name on the wire.
        callers: who calls it, and what each reads the responses with.
    """

    service: str
    old: Operation
    new: Operation
    old_document: RestDocument
    new_document: RestDocument
    consumers: Mapping[str, Consumer]
    callers: Mapping[str, Decoder]
    pinned: Pinned | None

    @property
    def subject(self) -> str:
        """`ReceiptWitness GET /purchases`."""
        return f"{title(self.service)} {self.new.name}"

    def operation_of(self, caller: str) -> Operation | None:
        """The operation as a caller's version of the package has it; None where that is the old one."""
        pins = self.consumers[caller].pins
        document = self.pinned(self.service, pins) if self.pinned and pins else None
        if document is None:
            return None
        return next((each for each in document.operations if each.key == self.old.key), None)

    def examples(self, which: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The accepted bodies of both versions."""
        found = []
        for document, operation in ((self.old_document, self.old), (self.new_document, self.new)):
            examples = document.examples.get(operation.name, {}).get(which)
            found.append(dict(examples.accepted) if examples else {})
        return found[0], found[1]


def requests(pair: Pair) -> Iterator[Finding]:
    """What changed in the calls: parameters and body."""
    versions = (pair.old, pair.new)
    old, new = (Call(each, versions) for each in versions)
    if old.writer == new.writer and old.reader == new.reader:
        return
    before, after = pair.examples("request")
    ends = (
        Ends(old.writer, old.reader, old.examples(before)),
        Ends(new.writer, new.reader, new.examples(after)),
    )
    writers = {_SHARED: ends[0].writer}
    for caller in pair.callers:
        pinned = pair.operation_of(caller)
        writers[caller] = ends[0].writer if pinned is None else Call(pinned, versions).writer
    for each in judge(*ends, readers={_SHARED: ends[0].reader}, writers=writers):
        effects = [
            _request_effect(pair.consumers[name], each.backward.get(name, SAFE)) for name in pair.callers
        ]
        parameter = len(each.change.path) == 2 and each.change.path[0] in LOCATIONS
        yield made(
            each,
            kind=Kind.REQUEST,
            subject=pair.subject,
            forward=worst(each.forward.values()),
            backward=worst(each.backward.get(name, SAFE) for name in (pair.callers or [_SHARED])),
            effects=worst_first(effects),
            writers=pair.callers,
            readers=[pair.service],
            examples={"forward": ends[0].examples, "backward": ends[1].examples},
            names=PARAMETERS if parameter else None,
            shared=[each.backward.get(_SHARED, SAFE)],
        )


def responses(pair: Pair, status: str, old: Sides, new: Sides) -> Iterator[Finding]:
    """What changed in the body of one response."""
    if old.writer == new.writer and old.reader == new.reader:
        return
    before, after = pair.examples(status)
    ends = Ends(old.writer, old.reader, before), Ends(new.writer, new.reader, after)
    readers: dict[str, Any] = {_SHARED: old.reader}
    for caller, decoder in pair.callers.items():
        pinned = pair.operation_of(caller)
        sides = pinned.responses.get(status) if pinned else None
        own = decoder.schema if status.startswith("2") else None
        readers[caller] = own or (sides or old).reader
    for each in judge(*ends, readers=readers, writers={_SHARED: old.writer}):
        yield _response(pair, status, each, before, after)


def _response(pair: Pair, status: str, judged: Judged, before: Any, after: Any) -> Finding:
    place = places.show(judged.change.path)
    back = worst(judged.backward.values())
    removed = any(rule.id.endswith("field-removed") for rule, _ in judged.change.hits)
    effects = [
        effect(
            pair.consumers[name],
            decoder,
            place,
            judged.forward.get(name, SAFE),
            back if decoder.shared else SAFE,
            removed=removed,
        )
        for name, decoder in pair.callers.items()
    ]
    shared = not pair.callers or any(decoder.shared for decoder in pair.callers.values())
    return made(
        judged,
        kind=Kind.RESPONSE,
        subject=f"{pair.subject} -> {status}",
        forward=worst(judged.forward.get(name, SAFE) for name in (pair.callers or [_SHARED])),
        backward=back if shared else SAFE,
        effects=worst_first(effects),
        writers=[pair.service],
        readers=pair.callers,
        examples={"forward": before, "backward": after},
        shared=[judged.forward.get(_SHARED, SAFE), judged.backward.get(_SHARED, SAFE)],
    )


def _request_effect(consumer: Consumer, backward: Comparison) -> Effect:
    if backward.verdict is Verdict.BREAKING and not backward.schema_only:
        problem = backward.problem
        lacks = problem is not None and problem.rule == "required"
        return made_effect(consumer, Impact.STOPS, "its calls lack it" if lacks else "its calls are refused")
    if backward.verdict is Verdict.UNPROVEN:
        return made_effect(consumer, Impact.MAY_STOP, f"nothing proves it safe: {backward.reason}")
    return made_effect(consumer, Impact.SAFE, "its calls are accepted")
