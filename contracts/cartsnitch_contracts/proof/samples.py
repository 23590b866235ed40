"""Payloads that a writer may send: its examples, and each with one place at an edge of what fits there."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cartsnitch_contracts import places
from cartsnitch_contracts.inclusion.clock import Clock, SpentError, UndecidedError
from cartsnitch_contracts.inclusion.decision import Budget
from cartsnitch_contracts.inclusion.strings import Text, words
from cartsnitch_contracts.validation import Schema, validator

_WORDS = 3
_LONGEST = 1_000
# JSON Schema has a year 0, and no writer in Python has: its calendar begins with the year 1.
_PATTERNS = {"date": "^(?!0000)", "date-time": "^(?!0000)"}


def samples(schema: Schema, examples: Iterable[Any]) -> list[Any]:
    """The examples that the schema accepts, and the variations of them that it accepts too; no two alike."""
    check = validator(schema)
    found: dict[str, Any] = {}
    for example in examples:
        for candidate in (example, *_variations(schema, example)):
            if check.is_valid(candidate):
                found.setdefault(json.dumps(candidate, sort_keys=True), candidate)
    return list(found.values())


def _variations(schema: Schema, example: Any) -> Iterator[Any]:
    for path, node in _places(schema, schema, example, ()):
        if path:
            yield from _without(example, path)
        for value in _edges(node, schema):
            yield places.put(example, path, value)


def _without(example: Any, path: places.Path) -> Iterator[Any]:
    holder = places.get(example, path[:-1])
    if isinstance(holder, dict) and path[-1] in holder:
        yield places.drop(example, path)


def _places(node: Any, root: Schema, value: Any, path: places.Path) -> Iterator[tuple[places.Path, Any]]:
    """Each declared place whose parent is there, with its schema; of a list the first item alone."""
    node = _resolved(node, root)
    yield path, node
    for branch in (node, *(_resolved(each, root) for each in node.get("anyOf", ()))):
        if isinstance(value, dict):
            for name, child in branch.get("properties", {}).items():
                yield from _places(child, root, value.get(name), (*path, name))
        if isinstance(value, list) and value and "items" in branch:
            yield from _places(branch["items"], root, value[0], (*path, 0))


def _resolved(node: Any, root: Schema) -> Schema:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = root
        for part in node["$ref"].split("/")[1:]:
            target = target[part]
        node = target
    return node if isinstance(node, dict) else {}


def _edges(node: Schema, root: Schema) -> Iterator[Any]:
    for branch in node.get("anyOf", ()):
        yield from _edges(_resolved(branch, root), root)
    yield from node.get("enum", ())
    if "const" in node:
        yield node["const"]
    match node.get("type"):
        case "null":
            yield None
        case "boolean":
            yield from (True, False)
        case "integer" | "number":
            lowest, highest = node.get("minimum", -1), node.get("maximum", 10**6)
            yield from (lowest, lowest + 1, highest)
        case "string" if "enum" not in node:
            yield from _texts(node)


def _texts(node: Schema) -> Iterator[str]:
    longest = node.get("maxLength")
    patterns = {node.get("pattern"), _PATTERNS.get(node.get("format", ""))}
    edge = min(longest or _LONGEST, _LONGEST)
    for shortest in (node.get("minLength", 0), edge):
        text = Text(
            inside=frozenset(pattern for pattern in patterns if pattern is not None),
            formats=frozenset({node["format"]} if "format" in node else ()),
            shortest=shortest,
            longest=longest,
        )
        try:
            yield from islice(words(text, Clock(Budget(steps=20_000, seconds=1.0))), _WORDS)
        except (SpentError, UndecidedError):
            continue
