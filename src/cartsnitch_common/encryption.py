"""Encryption of single values: AES-256-GCM, a ring of keys, each value bound to the place where it stands.

A sealed value is a JSON object `{"v": 1, "kid": ..., "nonce": ..., "ct": ...}` (nonce and ciphertext with its
tag in base64). `kid` is the first 8 hex digits of the key's SHA-256, so that a ring needs no names. The place
(table, column, row) is the additional authenticated data: a value copied elsewhere does not open.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Sequence
from typing import Any, Final, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cartsnitch_common.config import KEYS_HINT, get_settings
from cartsnitch_common.errors import EncryptionError

__all__ = ["KeyRing", "Sealed", "current_keys", "is_sealed"]

VERSION: Final = 1
NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2.2: 96 random bits
_FIELDS: Final = {"v", "kid", "nonce", "ct"}


class Sealed(TypedDict):
    """A protected value as it is stored."""

    v: int
    kid: str
    nonce: str
    ct: str


def is_sealed(value: object) -> bool:
    """Whether the value has the form that `KeyRing.seal` gives."""
    return isinstance(value, dict) and value.keys() == _FIELDS


class KeyRing:
    """Keys of 32 bytes, newest first: the newest seals, any opens."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys) or 'empty'})"

    @property
    def newest(self) -> str:
        """The `kid` that new values get.

        Raises:
            EncryptionError: the ring is empty.
        """
        for kid in self._keys:
            return kid
        raise EncryptionError(
            "There is no encryption key, and nothing is stored in the clear. "
            f"Set CARTSNITCH_ENCRYPTION_KEYS. {KEYS_HINT}"
        )

    def seal(self, value: Any, place: str) -> Sealed:
        """The JSON value, encrypted with the newest key and bound to `place`.

        Raises:
            EncryptionError: the ring is empty.
            TypeError, ValueError: the value is not JSON.
        """
        kid = self.newest
        nonce = os.urandom(NONCE_BYTES)
        text = json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
        sealed = self._keys[kid].encrypt(nonce, text, _bound(place, kid))
        return Sealed(v=VERSION, kid=kid, nonce=_encode(nonce), ct=_encode(sealed))

    def open(self, sealed: Any, place: str) -> Any:
        """The JSON value that was sealed at `place`.

        Raises:
            EncryptionError: it is no sealed value, its key is not in the ring, it was altered, or it was
                sealed at another place.
        """
        try:
            if not is_sealed(sealed) or sealed["v"] != VERSION:
                raise EncryptionError(
                    f"The value at {place} is not in the form that this version seals (v={VERSION})."
                )
            kid, nonce, text = sealed["kid"], _decode(sealed["nonce"]), _decode(sealed["ct"])
            key = self._keys.get(kid)
        except (binascii.Error, TypeError, ValueError):
            raise EncryptionError(f"The value at {place} was altered: its parts are not readable.") from None
        if key is None:
            raise EncryptionError(
                f"The value at {place} was sealed with key {kid}, which is not among those here ({self!r}). "
                "Add the old key to the end of CARTSNITCH_ENCRYPTION_KEYS; "
                "`cartsnitch db rotate-keys` then retires it."
            )
        try:
            return json.loads(key.decrypt(nonce, text, _bound(place, kid)))
        except (InvalidTag, ValueError):
            raise EncryptionError(
                f"The value at {place} was altered, or copied there from another row. It cannot be read; "
                "restore it from a backup, or have the user log in again."
            ) from None


def current_keys() -> KeyRing:
    """The ring of `CARTSNITCH_ENCRYPTION_KEYS`, as the settings have it now."""
    return KeyRing([base64.b64decode(key.get_secret_value()) for key in get_settings().encryption_keys])


def _bound(place: str, kid: str) -> bytes:
    return f"cartsnitch|{VERSION}|{kid}|{place}".encode()


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
