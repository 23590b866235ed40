"""Events that no writer sends today and every tolerant reader takes: with fields and values of tomorrow."""

from collections.abc import Iterator
from typing import Any, Final

from cartsnitch_contracts import places
from cartsnitch_contracts.document import Document, Event
from cartsnitch_contracts.references import Root

FIELD: Final = "x_of_tomorrow"
VALUE: Final = "of_tomorrow"


def with_unknown_fields(document: Document, example: Event) -> Iterator[Event]:
    """The example with a field more in every object that is open to readers."""
    reader = document.validator("reader")
    event = example
    for path in _objects(example, ()):
        added = places.put(event, (*path, FIELD), {"since": VALUE})
        event = added if reader.is_valid(added) else event
    if event != example:
        yield event


def with_unknown_values(document: Document, example: Event) -> Iterator[Event]:
    """The example with another value at one place that lists its values, where readers take any text."""
    reader = document.validator("reader")
    root = Root(document.writer, f"{document.name} {document.version}: writer")
    for path in _enums(root, document.writer, example, ()):
        event = places.put(example, path, VALUE)
        if reader.is_valid(event):
            yield event


def _objects(value: Any, path: places.Path) -> Iterator[places.Path]:
    if isinstance(value, dict):
        yield path
        for name, child in value.items():
            yield from _objects(child, (*path, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _objects(child, (*path, index))


def _enums(root: Root, node: Any, value: Any, path: places.Path) -> Iterator[places.Path]:
    """The places in a value whose schema lists what may stand there."""
    node = root.resolved(node)
    for branch in (node, *(root.resolved(each) for each in node.get("anyOf", ()))):
        if "enum" in branch and isinstance(value, str):
            yield path
        if isinstance(value, dict):
            for name, child in branch.get("properties", {}).items():
                if name in value:
                    yield from _enums(root, child, value[name], (*path, name))
        if isinstance(value, list) and "items" in branch:
            for index, item in enumerate(value):
                yield from _enums(root, branch["items"], item, (*path, index))
