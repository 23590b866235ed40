"""The errors of the platform: each says what happened, why, and what to do.

Catch `CartsnitchError` for all of them. No message ever holds a password, a key or a token.
"""


class CartsnitchError(Exception):
    """The base of every error that this package raises on purpose."""


class ConfigurationError(CartsnitchError, ValueError):
    """A setting is missing or cannot be understood; the message names the variable and the fix."""


class DatabaseUnavailableError(CartsnitchError, ConnectionError):
    """No database answers at the configured address; the message names host, port and database."""


class EncryptionError(CartsnitchError):
    """A protected value cannot be written or read: no key, an unknown key, or a value that was altered."""


class PayloadError(CartsnitchError, ValueError):
    """An event does not fit its channel's contract; `reason` names the field, never its secrets.

    Attributes:
        reason: one line, as it is logged and counted.
        raw: the message as it arrived, where there was one.
    """

    def __init__(self, reason: str, *, raw: bytes | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.raw = raw


class MigrationError(CartsnitchError):
    """The database's schema and this package do not fit together; the message says which is newer."""
