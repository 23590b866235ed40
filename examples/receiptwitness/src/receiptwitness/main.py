"""The service: `uvicorn receiptwitness.main:app`. Importing it reads no setting and opens nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import Store
from receiptwitness import price_routes, purchase_routes, sync_routes
from receiptwitness.parts import open_parts, require_service_key
from receiptwitness.problems import answer_with_problems
from receiptwitness.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect, and see to it that each chain has its row."""
    with open_parts(Settings()) as parts:
        with parts.sessions.begin() as session:
            _add_stores(session)
        app.state.parts = parts
        yield


def _add_stores(session: Session) -> None:
    new = insert(Store).on_conflict_do_nothing(index_elements=[Store.slug])  # another process starts as well
    session.execute(new, [{"slug": slug, "name": slug.title()} for slug in StoreSlug])


app = FastAPI(title="ReceiptWitness", lifespan=lifespan, dependencies=[Depends(require_service_key)])
answer_with_problems(app)
for routes in (sync_routes, purchase_routes, price_routes):
    app.include_router(routes.router)
