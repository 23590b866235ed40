"""Files that people name: read within limits, so that none of them hangs a command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cartsnitch_contracts import text
from cartsnitch_contracts.errors import DocumentError

DEEPEST: Final = 200
"""Objects and lists within each other; a deeper file is refused."""


def read_text(path: Path, wanted: str) -> bytes:
    """A file's bytes; `wanted` says what it should have been: `an event's JSON`.

    Raises:
        DocumentError: it cannot be read, or is too large.
    """
    return text.read(path, remedy=f"Name a file with {wanted}.")


def read_json(path: Path, wanted: str) -> Any:
    """What a JSON file holds.

    Raises:
        DocumentError: it cannot be read, is too large, too deep, or is no JSON.
    """
    raw = read_text(path, wanted)
    try:
        value = text.loads(raw)
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
