"""What can go wrong with a document, and the name that was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from cartsnitch_common.errors import CartsnitchError


class DocumentError(CartsnitchError, ValueError):
    """A document is missing, cannot be read, or does not fit the other; the message says what to do."""


def meant(name: str, known: Iterable[str], *, before: str = "") -> str:
    """` Did you mean stores?`, of a name that is not known; empty where none is near."""
    close = get_close_matches(name, list(known), 1)
    return f" Did you mean {before}{close[0]}?" if close else ""
