"""`/increases` and `/inflation`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError

from cartsnitch_common.schemas.rest import (
    SETTLING,
    Cursor,
    IncreasesQuery,
    Inflation,
    InflationQuery,
    PriceIncrease,
    PriceIncreasePage,
)
from stickershock.inflation import inflation_of
from stickershock.parts import LedgerNow, Now

router = APIRouter()


@router.get("/increases")
async def list_increases(
    query: Annotated[IncreasesQuery, Query()], ledger: LedgerNow, now: Now
) -> PriceIncreasePage:
    """Increases, by the time when they were found."""
    behind = _cursor(query.cursor) if query.cursor else None
    since = behind.created_at if behind else query.since
    found: list[PriceIncrease] = []
    async for increase in ledger.increases(since):
        if len(found) > query.limit or increase.created_at > now - SETTLING:
            break
        if _is_asked(increase, query, behind):
            found.append(increase)
    return PriceIncreasePage.of(found, query, _place)


@router.get("/inflation")
async def get_inflation(query: Annotated[InflationQuery, Query()], ledger: LedgerNow, now: Now) -> Inflation:
    """How prices moved by category; of the last twelve months unless said."""
    until = query.until or now.date()
    return await inflation_of(ledger, query, query.since or _year_before(until), until)


def _is_asked(increase: PriceIncrease, query: IncreasesQuery, behind: Cursor | None) -> bool:
    if behind is not None and _place(increase) <= behind:
        return False
    if query.store_slug not in {None, increase.store_slug}:
        return False
    return query.min_percent is None or increase.percent_change >= query.min_percent


def _place(increase: PriceIncrease) -> Cursor:
    return Cursor(increase.created_at, increase.price_history_id)


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text)
    except ValueError as error:
        problem = {"type": "cursor", "loc": ("query", "cursor"), "msg": str(error)}
        raise RequestValidationError([problem]) from None


def _year_before(day: date) -> date:
    if day.year == date.min.year:
        return date.min
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
