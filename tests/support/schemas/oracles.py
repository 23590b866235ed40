"""Two validators that know nothing of the engine, nor of each other."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any
from warnings import catch_warnings, simplefilter

import jsonschema
import jsonschema_rs
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from schemas.pools import Schema


def accepts(schema: Schema) -> Callable[[Any], bool]:
    """Whether jsonschema-rs accepts a payload; formats are asserted."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid


def accepts_too(schema: Schema) -> Callable[[Any], bool]:
    """Whether Python's jsonschema does, over exact numbers; it asserts just a few formats."""
    checked = _STRICT(exact(schema), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    return lambda payload: bool(checked.is_valid(exact(payload)))


def exact(value: Any) -> Any:
    """The value with floats as the fractions that their text says."""
    if isinstance(value, float | Decimal):
        said = Fraction(repr(value) if isinstance(value, float) else value)
        return int(said) if said.denominator == 1 else said
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, dict):
        return {name: exact(one) for name, one in value.items()}
    return value


def counterexample(writer: Schema, reader: Schema, candidates: Iterator[Any]) -> tuple[Any] | None:
    """The first candidate that the writer's schema accepts and the reader's refuses, in a tuple."""
    sends, takes = accepts(writer), accepts(reader)
    accepted: bool | None = None
    while True:
        try:
            payload = candidates.send(accepted)  # type: ignore[attr-defined]
        except StopIteration:
            return None
        accepted = sends(payload)
        if accepted and not takes(payload):
            return (payload,)


@cache
def _ecma(pattern: str) -> re.Pattern[str]:
    """The pattern as ECMAScript reads it: ASCII classes, and `$` at the very end alone."""
    with catch_warnings():
        simplefilter("ignore")  # of what Python may come to read otherwise
        return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)


def _pattern(_: Any, pattern: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _ecma(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_STRICT = extend(jsonschema.Draft202012Validator, {"pattern": _pattern})
