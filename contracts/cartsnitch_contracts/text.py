"""JSON that somebody hands over: read within limits, and explained where it is none."""

import json
from importlib.resources.abc import Traversable
from typing import Any, Final

from cartsnitch_contracts.errors import DocumentError

MOST_BYTES: Final = 16 * 2**20
"""A larger file is refused; the largest document of this package has 150 KB."""


def read(file: Traversable, *, remedy: str) -> bytes:
    """A file's bytes; `remedy` is a sentence that says what to name instead.

    Raises:
        DocumentError: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as stream:
            text: bytes = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror or error}. {remedy}") from None
    if len(text) > MOST_BYTES:
        raise DocumentError(
            f"{file} is larger than {MOST_BYTES // 2**20} MiB, more than any contract. {remedy}"
        )
    return text


def parse(text: str | bytes, *, source: str, remedy: str) -> Any:
    """What JSON says; `source` names it in errors, and `remedy` is a sentence that says what to do.

    Raises:
        DocumentError: it is not JSON, which has no NaN and no infinity, or is nested beyond all measure.
    """
    try:
        return loads(text)
    except RecursionError:
        raise DocumentError(
            f"{source} is not JSON that can be read: it is nested too deeply. {remedy}"
        ) from None
    except ValueError as error:
        raise DocumentError(f"{source} is not JSON: {error}. {remedy}") from None


def loads(text: str | bytes) -> Any:
    """`json.loads` without the numbers that JSON has not; raises ValueError or RecursionError."""
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
