"""Two versions of a channel's contract: what changed, whom it breaks, and how to make it safely.

Two directions are judged: *forward*, what the new writer sends against what each subscriber decodes with
today, and *backward*, what the publishers of today send against the new reader.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Consumer, Decoder, consumers
from cartsnitch_contracts.diff.effects import bystanders, effect, made_effect, ordered, worst_first
from cartsnitch_contracts.diff.exchange import Judged, judge, worst
from cartsnitch_contracts.diff.finding import breaks_first, made
from cartsnitch_contracts.diff.report import SAFE, Comparison, Finding, Impact, Kind, Mismatch
from cartsnitch_contracts.diff.rules.channels import CHANNEL_ADDED, CHANNEL_REMOVED
from cartsnitch_contracts.diff.schema.change import Ends
from cartsnitch_contracts.diff.schema.trial import size
from cartsnitch_contracts.diff.steps import filled
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict

type Pinned = Callable[[str, str], Document | None]
"""The document of a channel at a version of the package, if there is one."""
_SHARED = ""


def compare_documents(
    old: Document,
    new: Document,
    payloads: Iterable[Any] = (),
    *,
    services: Mapping[str, Consumer] | None = None,
    pinned: Pinned | None = None,
    replay: bool = False,
) -> list[Finding]:
    """Every change between two versions of one channel's contract, breaks first; empty when there is none.

    Args:
        old: the contract as it was.
        new: the contract as it is to be.
        payloads: events to try besides the documents' own examples: what was really published, say.
        services: what each service states of itself; unless given, each subscriber decodes with the old
            version's shared class and reads everything.
        pinned: finds the document of an older version, which a service pins.
        replay: whether a witness against a class of this package is replayed through it; a break that the
            class takes is one of the schema only.

    Raises:
        DocumentError: the documents are of different channels.
    """
    if old.channel != new.channel:
        raise DocumentError(
            f"{old.channel} and {new.channel} are different channels. Give two versions of the same."
        )
    known = services or _unstated(old, new)
    decoders = _decoders(old, new, known)
    readers = {_SHARED: old.reader} | {
        name: _reader(old, known[name], each, pinned) for name, each in decoders.items()
    }
    writers = {_SHARED: old.writer} | _writers(old, known, pinned)
    judged = judge(
        Ends(old.writer, old.reader, old.accepted),
        Ends(new.writer, new.reader, new.accepted),
        readers=readers,
        writers=writers,
        payloads=sorted(payloads, key=size),
    )
    if replay:
        _replay(judged, old.channel, new, readers, writers)
    return breaks_first(_finding(each, old, new, known, decoders) for each in judged)


def _replay(
    judged: Iterable[Judged],
    channel: str,
    new: Document,
    readers: Mapping[str, Any],
    writers: Mapping[str, Any],
) -> None:
    """Let the classes have the last word on what their schemas refuse."""
    for each in judged:
        for key, verdict in each.forward.items():
            each.forward[key] = _by_class(verdict, channel, new.writer, readers[key])
        for key, verdict in each.backward.items():
            each.backward[key] = _by_class(verdict, channel, writers[key], new.reader)


def _by_class(verdict: Comparison, channel: str, writer: Any, reader: Any) -> Comparison:
    if verdict.verdict is not Verdict.BREAKING:
        return verdict
    from cartsnitch_contracts.diff.replay import reader_class, replayed  # noqa: PLC0415 - Pydantic, for breaks

    model = reader_class(channel, reader)
    return verdict if model is None else replayed(verdict, writer, reader, model)


def compare_channels(
    old: Document | None,
    new: Document | None,
    *,
    services: Mapping[str, Consumer] | None = None,
    pinned: Pinned | None = None,
    replay: bool = False,
) -> list[Finding]:
    """`compare_documents`, also for a channel that only one version has; None where there is no document."""
    if old is not None and new is not None:
        return compare_documents(old, new, services=services, pinned=pinned, replay=replay)
    document = old or new
    if document is None:
        return []
    known = services or _unstated(document, document)
    rule = CHANNEL_ADDED if old is None else CHANNEL_REMOVED
    decoders = _decoders(document, document, known)
    stops = new is None and bool(decoders)
    words = "added" if old is None else "removed; no event comes any more"
    says = "may subscribe once it is published" if old is None else "waits for events that never come"
    refused = Comparison(Verdict.BREAKING, (Mismatch(rule.id, "", words, Verdict.BREAKING),))
    concerned = [made_effect(known[name], Impact.STOPS if stops else Impact.SAFE, says) for name in decoders]
    finding = Finding(
        kind=Kind.EVENT,
        subject=document.name,
        rule=rule.id,
        place="",
        summary=words,
        forward=refused if stops else SAFE,
        effects=(*concerned, *bystanders(known, [*decoders, *document.publishers], "not subscribed")),
        steps=filled(rule.steps, document.name, document.publishers, decoders) if stops else (),
        shared=Verdict.COMPATIBLE if old is None else Verdict.BREAKING,
    )
    return [finding]


def _unstated(old: Document, new: Document) -> dict[str, Consumer]:
    named = (*old.subscribers, *new.subscribers, *old.publishers, *new.publishers)
    known = consumers({})
    return {**{name: Consumer(name) for name in named}, **known}


def _decoders(old: Document, new: Document, known: Mapping[str, Consumer]) -> dict[str, Decoder]:
    """What each subscriber decodes with; its own statement counts before the document's list."""
    listed = {*old.subscribers, *new.subscribers}
    found = {name: known[name].decoder(old.name, subscribed=name in listed) for name in ordered(known)}
    return {name: decoder for name, decoder in found.items() if decoder is not None}


def _reader(old: Document, consumer: Consumer, decoder: Decoder, pinned: Pinned | None) -> Any:
    if decoder.schema is not None:
        return decoder.schema
    document = pinned(old.name, consumer.pins) if pinned and consumer.pins else None
    return (document or old).reader


def _writers(old: Document, known: Mapping[str, Consumer], pinned: Pinned | None) -> dict[str, Any]:
    found = {}
    for name in old.publishers:
        pins = known[name].pins if name in known else None
        document = pinned(old.name, pins) if pinned and pins else None
        if document is not None:
            found[name] = document.writer
    return found


def _finding(
    judged: Judged,
    old: Document,
    new: Document,
    known: Mapping[str, Consumer],
    decoders: Mapping[str, Decoder],
) -> Finding:
    change = judged.change
    place = places.show(change.path)
    back = worst(judged.backward.values())
    removed = any(rule.id.endswith("field-removed") for rule, _ in change.hits)
    effects = [
        effect(
            known[name],
            decoder,
            place,
            _ahead(judged, name, old, new, decoder),
            back if decoder.shared and name not in _gone(old, new) else SAFE,
            removed=removed,
        )
        for name, decoder in decoders.items()
    ]
    others = bystanders(known, [*decoders, *new.publishers, *old.publishers], "not subscribed")
    ahead = worst(judged.forward.get(name, SAFE) for name in (decoders or [_SHARED]))
    back = back if any(each.shared for each in decoders.values()) or not decoders else SAFE
    return made(
        judged,
        kind=Kind.EVENT,
        subject=old.name,
        forward=ahead,
        backward=back,
        effects=worst_first([*effects, *others]),
        writers=new.publishers,
        readers=decoders,
        examples={"forward": old.accepted, "backward": new.accepted},
        shared=[judged.forward.get(_SHARED, SAFE), judged.backward.get(_SHARED, SAFE)],
    )


def _gone(old: Document, new: Document) -> set[str]:
    """Who no longer subscribes once the change is made."""
    return set(old.subscribers) - set(new.subscribers)


def _ahead(judged: Judged, name: str, old: Document, new: Document, decoder: Decoder) -> Comparison:
    """What a subscriber of today meets; one that only comes with the change meets nothing old."""
    comes = decoder.shared and name in new.subscribers and name not in old.subscribers
    return SAFE if comes else judged.forward.get(name, SAFE)
