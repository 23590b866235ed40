"""Services by channels and endpoints: who writes, who reads which fields, and at which version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cartsnitch_contracts.diff.consumers import Consumer, Decoder
from cartsnitch_contracts.outline import outline
from cartsnitch_contracts.snapshot import Snapshot
from cartsnitch_contracts.topology import title


@dataclass(frozen=True)
class Use:
    """What one service does with one channel or endpoint.

    Attributes:
        writes: it publishes there, or serves it.
        reads: it subscribes, or calls.
        own: it reads with a model of its own.
        fields: the fields that it reads, with where: `payload.total`, `handlers.py:58`; None for all.
    """

    writes: bool = False
    reads: bool = False
    own: bool = False
    fields: tuple[tuple[str, str | None], ...] | None = None


@dataclass(frozen=True)
class Line:
    """One channel or endpoint; `fields` is how many there are to read, of a channel."""

    subject: str
    uses: Mapping[str, Use]
    fields: int | None = None


def overview(snapshot: Snapshot, services: Mapping[str, Consumer]) -> list[Line]:
    """A line for each channel, then for each endpoint; services by name on the wire."""
    return [*_channels(snapshot, services), *_endpoints(snapshot, services)]


def _channels(snapshot: Snapshot, services: Mapping[str, Consumer]) -> Iterator[Line]:
    for name, document in snapshot.events.items():
        uses = {}
        for service, consumer in services.items():
            decoder = consumer.decoder(name, subscribed=service in document.subscribers)
            writes = (
                service in document.publishers if consumer.publishes is None else name in consumer.publishes
            )
            uses[service] = _use(decoder, writes=writes)
        payload = [entry for entry in outline(document.reader).values() if entry.path[0] == "payload"]
        leaves = [entry for entry in payload if not _holds(entry.place, [each.place for each in payload])]
        yield Line(name, uses, len(leaves))


def _endpoints(snapshot: Snapshot, services: Mapping[str, Consumer]) -> Iterator[Line]:
    for server, document in snapshot.rest.items():
        for operation in document.operations:
            uses = {
                service: _use(
                    consumer.caller(server, operation.name, calling=service in operation.callers),
                    writes=service == server,
                )
                for service, consumer in services.items()
            }
            yield Line(f"{title(server)} {operation.name}", uses)


def _use(decoder: Decoder | None, *, writes: bool) -> Use:
    if decoder is None:
        return Use(writes=writes)
    reads = decoder.reads
    fields = None if reads is None else tuple((each.field, each.at) for each in reads)
    return Use(writes=writes, reads=True, own=not decoder.shared, fields=fields)


def _holds(place: str, places: list[str]) -> bool:
    return any(other.startswith((f"{place}.", f"{place}[")) for other in places)
