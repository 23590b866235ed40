"""What can go wrong with a document."""

from cartsnitch_common.errors import CartsnitchError


class DocumentError(CartsnitchError, ValueError):
    """A document is missing, cannot be read, or does not fit the other; the message says what to do."""
