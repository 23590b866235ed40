"""Primary keys: UUID version 7, made in the client."""

import sys
from uuid import UUID

if sys.version_info >= (3, 14):
    from uuid import uuid7
else:
    from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562), greater than every one that this process made before."""
    return uuid7()
