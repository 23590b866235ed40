"""Lists that grow are served in pages, and a subscriber that was away catches up from them."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Annotated, Any, Final, NamedTuple, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from cartsnitch_common.schemas.base import Reader, RequestBody
from cartsnitch_common.schemas.fields import UtcDateTime

SETTLING: Final = timedelta(seconds=60)
"""A list that a subscriber catches up from leaves out what was recorded less than this ago.

A row gets its `created_at` before it is committed, so an older row may turn up after a younger was served,
for as long as a transaction may take. After this time none does, and no cursor has gone past a row unseen.
"""

CursorText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
"""A place in a list; what it says is the serving service's own business."""
Limit = Annotated[int, Field(ge=1, le=1000)]
"""How many items a page may hold."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PACKED: Final = Struct(">q16s")  # microseconds, and the id's bytes: 24 bytes are 32 letters without padding


class Cursor(NamedTuple):
    """The place behind one row of a list that is sorted by `created_at`, then `id`."""

    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        """The cursor as it travels."""
        elapsed = (self.created_at - _EPOCH) // timedelta(microseconds=1)
        return urlsafe_b64encode(_PACKED.pack(elapsed, self.id.bytes)).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            ValueError: it is no cursor of this service.
        """
        try:
            if not re.fullmatch(r"[A-Za-z0-9_-]{32}", text):
                raise ValueError(text)
            elapsed, identity = _PACKED.unpack(urlsafe_b64decode(text))
            return cls(_EPOCH + timedelta(microseconds=elapsed), UUID(bytes=identity))
        except (ValueError, OverflowError):
            raise ValueError(
                f"{text!r} is no cursor of this list; send the 'next_cursor' of a page as it came"
            ) from None


class QueryParameters(RequestBody):
    """What a caller asks in a query string: an unknown name or value is refused, not ignored."""

    def wire(self) -> dict[str, Any]:
        """The parameters as an HTTP client takes them, without those that are not set."""
        return self.model_dump(mode="json", exclude_none=True)


class PageQuery(QueryParameters):
    """Which page: from the moment `since` on, or after `cursor`, which then alone decides where to go on."""

    since: UtcDateTime | None = None
    cursor: CursorText | None = None
    limit: Limit = 100


class Page[T](Reader):
    """Items as they were recorded, oldest first; of the same moment by id.

    Ask with `cursor=next_cursor` for what follows: at once while `has_more`, later for what is new by then.
    Nothing is skipped and nothing comes twice. `next_cursor` is null only where a list has been empty so far.
    """

    items: Annotated[list[T], Field(max_length=1000)]
    next_cursor: CursorText | None = None
    has_more: bool

    @classmethod
    def of(cls, found: Sequence[T], query: PageQuery, place: Callable[[T], Cursor]) -> Self:
        """The page that answers `query`, when `found` are the first `limit + 1` items behind its start."""
        items = list(found[: query.limit])
        behind = str(place(items[-1])) if items else query.cursor
        return cls(items=items, next_cursor=behind, has_more=len(found) > query.limit)
