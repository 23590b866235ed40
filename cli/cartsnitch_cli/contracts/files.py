"""Files that people name: read within limits, so that none of them hangs a command."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cartsnitch_contracts.errors import DocumentError

MOST_BYTES: Final = 16 * 2**20
"""A larger file is refused; the largest document of this package has 60 KB."""
DEEPEST: Final = 200
"""Objects and lists within each other; a deeper file is refused."""


def read_text(path: Path, wanted: str) -> bytes:
    """A file's bytes; `wanted` says what it should have been: `an event's JSON`.

    Raises:
        DocumentError: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError(
            f"{path} cannot be read: {error.strerror or error}. Name a file with {wanted}."
        ) from None
    if len(text) > MOST_BYTES:
        raise DocumentError(
            f"{path} is larger than {MOST_BYTES // 2**20} MiB, more than any contract. "
            f"Name a file with {wanted}."
        )
    return text


def read_json(path: Path, wanted: str) -> Any:
    """What a JSON file holds.

    Raises:
        DocumentError: it cannot be read, is too large, too deep, or is no JSON.
    """
    text = read_text(path, wanted)
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep(path, wanted) from None
    except ValueError as error:
        raise DocumentError(f"{path} is not JSON: {error}. Name a file with {wanted}.") from None
    if any(depth > DEEPEST for depth in _depths(value)):
        raise _too_deep(path, wanted)
    return value


def _too_deep(path: Path, wanted: str) -> DocumentError:
    return DocumentError(f"{path} nests more than {DEEPEST} levels deep. Name a file with {wanted}.")


def _depths(value: Any) -> Iterator[int]:
    """The depth of each object and list; without recursion, which a deep file would exhaust."""
    waiting = [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield depth
        if depth > DEEPEST:
            return
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting += [(child, depth + 1) for child in children if isinstance(child, dict | list)]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
