"""How a service writes down what it states of itself, from its own code.

document = describe("stickershock", version="1.7.0", pins="0.4.2", subscriber=subscriber,
                    publishes=["alerts.price_increase"])
Path("contracts/stickershock.json").write_text(dumps(document))
"""

import inspect
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from cartsnitch_common.constants import EventType
from cartsnitch_common.schemas.events import ENVELOPES, Event
from cartsnitch_contracts import places
from cartsnitch_contracts.diff.consumers import Read, read
from cartsnitch_contracts.diff.schema.shape import Root
from cartsnitch_contracts.document import PREFIX
from cartsnitch_contracts.export import schema_of
from cartsnitch_contracts.places import EACH
from cartsnitch_contracts.places import Path as Place

__all__ = ["Subscriber", "describe", "dumps"]


class Subscriber(Protocol):
    """An `EventSubscriber` or `AsyncEventSubscriber` whose handlers are registered."""

    @property
    def readers(self) -> Mapping[EventType, type[Event[Any]]]:
        """Each channel's envelope class."""


def describe(
    service: str,
    *,
    version: str | None = None,
    pins: str | None = None,
    subscriber: Subscriber | None = None,
    publishes: Iterable[str] = (),
    reads: Mapping[str, Sequence[Read]] | None = None,
    calls: Mapping[str, Mapping[str, Sequence[Read] | None]] | None = None,
    reads_tables: Iterable[str] | None = None,
    writes_tables: Iterable[str] | None = None,
) -> dict[str, Any]:
    """What a service states of itself, ready to be written to `contracts/<service>.json`.

    Args:
        service: its name on the wire.
        version: its own version.
        pins: the version of this package that it runs with.
        subscriber: tells the channels that it reads, and with which model; a model of its own goes in as a
            JSON Schema, with each of its fields as read.
        publishes: channels, by short name.
        reads: the fields that handlers of the shared class use, by channel's short name; a channel left out
            counts as read altogether.
        calls: the fields used of responses, by service and operation; None for all of them.
        reads_tables: tables that it selects from.
        writes_tables: tables that it writes.

    Raises:
        DocumentError: something of it is not as it should be.
    """
    consumes = {}
    for channel, envelope in (subscriber.readers if subscriber else {}).items():
        name = channel.removeprefix(PREFIX)
        consumes[name] = decoder(
            envelope, shared=envelope is ENVELOPES[channel], reads=(reads or {}).get(name)
        )
    tables = {"reads": reads_tables, "writes": writes_tables}
    document: dict[str, Any] = {
        "service": service,
        "version": version,
        "pins": pins,
        "publishes": sorted(each.removeprefix(PREFIX) for each in publishes),
        "consumes": consumes,
        "calls": {
            called: {
                operation: {"decoder": "shared"} | ({} if fields is None else {"reads": listed(fields)})
                for operation, fields in operations.items()
            }
            for called, operations in (calls or {}).items()
        },
        "tables": {key: sorted(names) for key, names in tables.items() if names is not None},
    }
    if reads is not None or calls is not None:
        document["recorded"] = pins
    read(document, source=service)
    return document


def dumps(document: Mapping[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def decoder(
    envelope: type[BaseModel], *, shared: bool, reads: Sequence[Read] | None = None
) -> dict[str, Any]:
    """What a service states of how it reads a channel.

    Args:
        envelope: the class that the handler takes.
        shared: whether it is the channel's shared class, rather than a model of the service's own.
        reads: the fields that it uses; unless given, all of a model of its own, or nobody knows which.
    """
    if shared:
        return {"decoder": "shared"} | ({} if reads is None else {"reads": listed(reads)})
    schema = schema_of(envelope, "validation")
    fields = _fields(envelope, schema) if reads is None else reads
    return {"decoder": "own", "schema": schema, "reads": listed(fields)}


def _fields(envelope: type[BaseModel], schema: dict[str, Any]) -> list[Read]:
    """Every field of a service's own model, and where the model is."""
    payload = envelope.model_fields["payload"].annotation
    at = _place_of(payload) if isinstance(payload, type) else None
    return [Read(places.show(path), at) for path in leaves(schema) if path[:1] == ("payload",)]


def leaves(schema: dict[str, Any]) -> list[Place]:
    """The places of a schema that hold no other."""
    return _leaves(Root(schema), schema, ())


def _leaves(root: Root, node: Any, path: Place) -> list[Place]:
    if len(path) > 20:
        return [path]
    shape = root.shape(node)
    if "properties" in shape:
        return [
            leaf for name, each in shape["properties"].items() for leaf in _leaves(root, each, (*path, name))
        ]
    if isinstance(shape.get("items"), dict):
        return _leaves(root, shape["items"], (*path, EACH))
    inner = [each for each in shape.get("anyOf", ()) if "properties" in root.shape(each)]
    return _leaves(root, inner[0], path) if len(inner) == 1 else [path]


def _place_of(model: type) -> str | None:
    """`handlers.py:58`, as seen from where the command runs."""
    try:
        file, line = inspect.getsourcefile(model), inspect.getsourcelines(model)[1]
    except (OSError, TypeError):
        return None
    return None if file is None else f"{Path(os.path.relpath(file)).as_posix()}:{line}"


def listed(reads: Iterable[Read]) -> list[dict[str, str]]:
    """Reads as the file has them."""
    return [{"field": each.field} | ({"at": each.at} if each.at else {}) for each in reads]
