"""`/prices` and `/products`: what was observed, and of what."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cartsnitch_common.models import NormalizedProduct, PriceHistory, Store
from cartsnitch_common.schemas.rest import Cursor, ObservedPrice, PricePage, PricesQuery, ProductDetail
from receiptwitness.paging import page_of
from receiptwitness.parts import Now, SessionNow

router = APIRouter()


@router.get("/prices")
def list_prices(query: Annotated[PricesQuery, Query()], session: SessionNow, now: Now) -> PricePage:
    """Observed prices, by the time when they were recorded."""
    statement = page_of(
        select(PriceHistory).options(joinedload(PriceHistory.store)), PriceHistory, query, now
    )
    if query.product_id:
        statement = statement.where(PriceHistory.normalized_product_id == query.product_id)
    if query.store_slug:
        statement = statement.where(PriceHistory.store.has(Store.slug == query.store_slug))
    found = [_told(price) for price in session.scalars(statement)]
    return PricePage.of(found, query, lambda price: Cursor(price.created_at, price.price_history_id))


@router.get("/products/{id}")
def get_product(id: UUID, session: SessionNow) -> ProductDetail:  # noqa: A002 (the contract's name)
    """One product across stores."""
    product = session.get(NormalizedProduct, id)
    if product is None:
        raise HTTPException(404, "There is no product of that id.")
    return ProductDetail.model_validate(product)


def _told(price: PriceHistory) -> ObservedPrice:
    return ObservedPrice.model_validate(
        {**vars(price), "price_history_id": price.id, "store_slug": price.store.slug}
    )
