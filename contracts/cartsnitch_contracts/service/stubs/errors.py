"""What a stub says to the author of a test."""

from cartsnitch_common.errors import CartsnitchError


class StubError(CartsnitchError, ValueError):
    """A stub was told what the contract does not allow; the message says what it does."""


class WrongCallError(CartsnitchError, AssertionError):
    """A stub was called as the contract does not allow; the message lists every such call."""
