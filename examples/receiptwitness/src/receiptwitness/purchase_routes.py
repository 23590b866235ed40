"""`/purchases`: receipts, for users and for services that catch up."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from cartsnitch_common.models import Purchase, PurchaseItem
from cartsnitch_common.schemas.rest import (
    Cursor,
    PurchaseDetail,
    PurchasePage,
    PurchasesQuery,
    PurchaseSummary,
)
from receiptwitness.paging import page_of
from receiptwitness.parts import Now, SessionNow

router = APIRouter(prefix="/purchases")


@router.get("")
def list_purchases(query: Annotated[PurchasesQuery, Query()], session: SessionNow, now: Now) -> PurchasePage:
    """Receipts, by the time when they were recorded."""
    statement = page_of(_with_count(), Purchase, query, now)
    if query.user_id:
        statement = statement.where(Purchase.user_id == query.user_id)
    found = [_summary(purchase, count) for purchase, count in session.execute(statement)]
    return PurchasePage.of(found, query, lambda purchase: Cursor(purchase.created_at, purchase.id))


@router.get("/{id}")
def get_purchase(id: UUID, session: SessionNow) -> PurchaseDetail:  # noqa: A002 (the contract's name)
    """One receipt with its lines."""
    purchase = session.get(Purchase, id, options=[joinedload(Purchase.store), selectinload(Purchase.items)])
    if purchase is None:
        raise HTTPException(404, "There is no purchase of that id.")
    items = sorted(purchase.items, key=lambda item: item.id)
    told = {**vars(purchase), "store_slug": purchase.store.slug, "item_count": len(items), "items": items}
    return PurchaseDetail.model_validate(told)


def _with_count() -> Select[Purchase, int]:
    count = select(func.count()).where(PurchaseItem.purchase_id == Purchase.id).scalar_subquery()
    return select(Purchase, count).options(joinedload(Purchase.store))


def _summary(purchase: Purchase, count: int) -> PurchaseSummary:
    told: dict[str, Any] = {**vars(purchase), "store_slug": purchase.store.slug, "item_count": count}
    return PurchaseSummary.model_validate(told)
