"""Copies of a contract with a change, to see what the comparer says of it before anybody makes it."""

import copy

from cartsnitch_contracts import places
from cartsnitch_contracts.document import Document, Event
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.references import Root
from cartsnitch_contracts.validation import Schema


def rename_field(document: Document, place: str, name: str) -> Document:
    """A copy in which a field has another name, in both schemas and in every example.

    `place` is the field as `payload.total` or `payload.prices[].sale_price`.

    Raises:
        DocumentError: neither schema has the field, or the object has one of the new name already.
    """
    path = places.parse(place)
    writer, reader = copy.deepcopy(document.writer), copy.deepcopy(document.reader)
    for schema in (writer, reader):
        _rename(schema, path, name)
    examples = copy.deepcopy(dict(document.examples))
    examples["accepted"] = {
        label: rename_in_event(event, place, name) for label, event in document.accepted.items()
    }
    for kind in ("tolerated", "rejected"):
        for variant in examples.get(kind, ()):
            if "set" in variant:
                variant["set"] = {
                    _renamed(changed, path, name): value for changed, value in variant["set"].items()
                }
            if "drop" in variant:
                variant["drop"] = [_renamed(changed, path, name) for changed in variant["drop"]]
    return Document(
        channel=document.channel,
        version=f"{document.version}, {place} renamed",
        publishers=document.publishers,
        subscribers=document.subscribers,
        writer=writer,
        reader=reader,
        examples=examples,
    )


def rename_in_event(event: Event, place: str, name: str) -> Event:
    """A copy of an event in which a field has another name; without the field, an equal copy."""
    changed = copy.deepcopy(event)
    for *parents, old in places.find(changed, places.parse(place)):
        holder = places.get(changed, tuple(parents))
        items = [(name if key == old else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)
    return changed


def _renamed(place: str, path: places.Path, name: str) -> str:
    """A place in an example, after the renaming of the field at `path`."""
    steps = list(places.parse(place))
    if places.pattern(steps[: len(path)]) == path:
        steps[len(path) - 1] = name
    return places.show(steps)


def _rename(schema: Schema, path: places.Path, name: str) -> None:
    *parents, old = path or (None,)
    root = Root(schema, "the schema")
    holder = root.resolved(schema)
    try:
        for step in parents:
            holder = root.resolved(holder["items"] if step is places.EACH else holder["properties"][step])
        properties = holder["properties"]
        if old not in properties or name in properties:
            raise KeyError(old)
    except (KeyError, TypeError):
        raise DocumentError(
            f"There is no {places.show(path)} to rename to {name!r}, or the name is taken. "
            f"Name a field like 'payload.total', or 'payload.prices[].sale_price' in each item."
        ) from None
    holder["properties"] = {name if key == old else key: value for key, value in properties.items()}
    if old in holder.get("required", ()):
        holder["required"] = [name if key == old else key for key in holder["required"]]
