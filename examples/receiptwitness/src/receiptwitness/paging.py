"""Which rows are on a page."""

from datetime import datetime

from fastapi.exceptions import RequestValidationError
from sqlalchemy import Select, tuple_

from cartsnitch_common.models import PriceHistory, Purchase
from cartsnitch_common.schemas.rest import SETTLING, Cursor, PageQuery


def page_of[*Ts](
    statement: Select[*Ts], model: type[Purchase | PriceHistory], query: PageQuery, now: datetime
) -> Select[*Ts]:
    """The first `limit + 1` rows behind the page's start, oldest first, without those that still settle.

    Raises:
        RequestValidationError: the cursor is none of this list.
    """
    if query.cursor is not None:
        place = tuple_(model.created_at, model.id)
        statement = statement.where(place > tuple_(*_cursor(query.cursor)))
    elif query.since is not None:
        statement = statement.where(model.created_at >= query.since)
    return (
        statement.where(model.created_at <= now - SETTLING)
        .order_by(model.created_at, model.id)
        .limit(query.limit + 1)
    )


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text)
    except ValueError as error:
        problem = {"type": "cursor", "loc": ("query", "cursor"), "msg": str(error)}
        raise RequestValidationError([problem]) from None
