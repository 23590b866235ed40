"""Reading a schema that anybody may have written: one that cannot be used says so at once."""

import json
import math
from collections.abc import Iterator
from itertools import count
from typing import Any

from cartsnitch_contracts.errors import DocumentError

_DEEPEST = 100
_LARGEST = 200_000  # values in one schema; a thousand properties are about five thousand


def plain(schema: Any, source: str) -> Any:
    """A copy of a schema in which no part stands twice, and every part is JSON.

    Raises:
        DocumentError: it is not JSON, too large, or nested so deeply that no validator takes it.
    """
    if not isinstance(schema, dict | bool):
        raise DocumentError(
            f"{source} is not a JSON Schema: it is {_kind(schema)}. Give an object, true or false."
        )
    try:
        return _copy(schema, source, 0, count())
    except RecursionError:
        raise DocumentError(_too_deep(source)) from None


def _copy(value: Any, source: str, depth: int, values: Iterator[int]) -> Any:
    if depth > _DEEPEST:
        raise DocumentError(_too_deep(source))
    if next(values) > _LARGEST:
        raise DocumentError(
            f"{source} is too large: it holds more than {_LARGEST:,} values. Compare its parts."
        )
    match value:
        case dict():
            for key in value:
                if not isinstance(key, str):
                    raise DocumentError(f"{source} is not JSON: the key {key!r} is no text. Quote it.")
            return {key: _copy(inner, source, depth + 1, values) for key, inner in value.items()}
        case list() | tuple():
            return [_copy(inner, source, depth + 1, values) for inner in value]
        case float() if not math.isfinite(value):
            raise DocumentError(
                f"{source} is not JSON: it holds {value}. JSON has no such number; leave it out."
            )
        case str() | bool() | int() | float() | None:
            return value
    raise DocumentError(f"{source} is not JSON: it holds {_kind(value)}. Write it as JSON text first.")


def _too_deep(source: str) -> str:
    return (
        f"{source} is nested more than {_DEEPEST} deep. Name its inner parts under $defs and refer to them."
    )


def _kind(value: Any) -> str:
    text = (
        json.dumps(value, default=repr)
        if isinstance(value, str | int | float | None)
        else type(value).__name__
    )
    return text if len(text) <= 60 else f"{text[:57]}..."
