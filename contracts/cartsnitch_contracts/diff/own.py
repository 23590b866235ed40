"""Services that read with models of their own, when they change these."""

from collections.abc import Iterator
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Consumer, Decoder, read
from cartsnitch_contracts.diff.effects import effect
from cartsnitch_contracts.diff.exchange import Judged, judge, worst
from cartsnitch_contracts.diff.finding import made
from cartsnitch_contracts.diff.report import SAFE, Finding, Kind
from cartsnitch_contracts.diff.schema.change import Ends
from cartsnitch_contracts.diff.schema.shape import text
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.inclusion import Verdict
from cartsnitch_contracts.snapshot import Snapshot, changed
from cartsnitch_contracts.topology import title


def own_readers(base: Snapshot, head: Snapshot) -> Iterator[Finding]:
    """Models that services read events with, changed so that they refuse what is published now or then.

    What a service changes without harm is its own affair, and not told.
    """
    for name in changed(base.consumers, head.consumers):
        if name not in head.consumers:
            continue
        after = read(head.consumers[name], source=f"consumers/{name}.json")
        before = _before(base, name)
        for channel, decoder in (after.consumes or {}).items():
            old, new = base.events.get(channel), head.events.get(channel)
            if old is None or new is None or decoder.schema is None:
                continue
            former = _former(before, channel, old)
            if text(former) != text(decoder.schema):
                yield from _changed(after, decoder, former, old, new)


def _before(base: Snapshot, name: str) -> Consumer | None:
    """What the service stated then; a statement that was broken says nothing, and may be mended now."""
    try:
        return read(base.consumers[name], source=f"consumers/{name}.json") if name in base.consumers else None
    except DocumentError:
        return None


def _former(before: Consumer | None, channel: str, old: Document) -> Any:
    """What the service read the channel with."""
    decoder = (before.consumes or {}).get(channel) if before else None
    return old.reader if decoder is None or decoder.schema is None else decoder.schema


def _changed(
    consumer: Consumer, decoder: Decoder, former: Any, old: Document, new: Document
) -> Iterator[Finding]:
    before = Ends(old.writer, former, old.accepted)
    after = Ends(old.writer, decoder.schema, old.accepted)
    writers = {"today": old.writer, "then": new.writer}
    for each in judge(before, after, readers={}, writers=writers):
        finding = _finding(each, consumer, decoder, old, new)
        if finding.verdict is not Verdict.COMPATIBLE:
            yield finding


def _finding(judged: Judged, consumer: Consumer, decoder: Decoder, old: Document, new: Document) -> Finding:
    back = worst(judged.backward.values())
    return made(
        judged,
        kind=Kind.EVENT,
        subject=f"{old.name} as {title(consumer.service)} reads it",
        forward=SAFE,
        backward=back,
        effects=(effect(consumer, decoder, places.show(judged.change.path), SAFE, back),),
        writers=new.publishers,
        readers=[consumer.service],
        examples={"forward": old.accepted, "backward": old.accepted},
        shared=[],
    )
