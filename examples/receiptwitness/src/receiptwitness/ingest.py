"""Storing a receipt, once, and telling the other services of it, after the commit.

Redis delivers to whoever listens at that moment and keeps nothing. So an event is news of what was
committed, never the only copy: who missed one, or all of them because Redis was away, reads the same from
`GET /purchases` and `GET /prices`, which show what is committed, whether or not it was published.
"""

import logging
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import batched
from typing import Any, Final
from uuid import UUID

from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from cartsnitch_common.constants import PriceSource, StoreSlug
from cartsnitch_common.events import EventPublisher
from cartsnitch_common.models import PriceHistory, Purchase, PurchaseItem, Store
from cartsnitch_common.schemas import PurchaseCreate
from cartsnitch_common.schemas.events import EventPayload, PricesUpdated, PriceUpdate, ReceiptsIngested
from receiptwitness.parsing import parse_receipt
from receiptwitness.products import match_products

log = logging.getLogger(__name__)

MOST_PRICES: Final = 1000
"""In one event, by the contract."""
INGESTING: Final = 0x7265636569707473
"""The advisory lock of this service: one receipt at a time, so that nothing is made twice."""
_CENT: Final = Decimal("0.01")


class Ingester:
    """Stores receipts through `sessions`, and publishes with `publisher`."""

    def __init__(self, sessions: sessionmaker[Session], publisher: EventPublisher) -> None:
        self._sessions = sessions
        self._publisher = publisher

    def ingest(self, page: Mapping[str, Any], store: StoreSlug, user_id: UUID) -> int:
        """Store one receipt as the store sent it; how many lines it has, 0 if it was stored before.

        Raises:
            UnreadableReceiptError: a field is missing or wrong; nothing was stored.
        """
        with self._sessions.begin() as session:
            session.execute(select(func.pg_advisory_xact_lock(INGESTING)))
            store_id = session.scalars(select(Store.id).where(Store.slug == store)).one()
            receipt = parse_receipt(page, store, user_id=user_id, store_id=store_id)
            if _is_stored(session, receipt):
                return 0
            purchase = _purchase(receipt)
            match_products(session, purchase.items, store)
            prices = list(_prices(purchase))
            session.add_all([purchase, *prices])
        self._publish([_ingested(purchase, store), *_updates(prices, store)])
        return len(purchase.items)

    def _publish(self, events: list[EventPayload]) -> None:
        try:
            self._publisher.publish_many(events)
        except RedisError:
            log.exception("Redis is away; %d events are not sent, and are read by REST.", len(events))


def _is_stored(session: Session, receipt: PurchaseCreate) -> bool:
    same = select(Purchase.id).where(
        Purchase.store_id == receipt.store_id, Purchase.receipt_id == receipt.receipt_id
    )
    return session.scalar(same) is not None


def _purchase(receipt: PurchaseCreate) -> Purchase:
    return Purchase(
        **receipt.model_dump(exclude={"items"}),
        items=[PurchaseItem(**item.model_dump()) for item in receipt.items],
    )


def _prices(purchase: Purchase) -> Iterator[PriceHistory]:
    """What each line says of its product's price: nothing where a discount hides the regular one."""
    for item in purchase.items:
        discounted = item.sale_price or item.loyalty_discount or item.coupon_discount
        regular = item.regular_price or (None if discounted else item.unit_price)
        if item.normalized_product_id is not None and regular is not None:
            yield PriceHistory(
                normalized_product_id=item.normalized_product_id,
                store_id=purchase.store_id,
                observed_date=purchase.purchase_date,
                regular_price=regular,
                sale_price=item.sale_price,
                loyalty_price=_less(item, item.loyalty_discount),
                coupon_price=_less(item, item.coupon_discount),
                source=PriceSource.RECEIPT,
                purchase_item_id=item.id,
            )


def _less(item: PurchaseItem, discount: Decimal | None) -> Decimal | None:
    """The unit price when a discount on the line is spread over its pieces or pounds."""
    if not discount:
        return None
    return (item.unit_price - discount / item.quantity).quantize(_CENT, ROUND_HALF_UP)


def _ingested(purchase: Purchase, store: StoreSlug) -> ReceiptsIngested:
    return ReceiptsIngested(
        purchase_id=purchase.id,
        user_id=purchase.user_id,
        store_slug=store,
        receipt_id=purchase.receipt_id,
        purchase_date=purchase.purchase_date,
        total=purchase.total,
        item_count=len(purchase.items),
    )


def _updates(prices: list[PriceHistory], store: StoreSlug) -> Iterator[PricesUpdated]:
    for batch in batched(prices, MOST_PRICES):
        yield PricesUpdated(
            prices=[
                PriceUpdate(
                    price_history_id=price.id,
                    normalized_product_id=price.normalized_product_id,
                    store_slug=store,
                    observed_date=price.observed_date,
                    regular_price=price.regular_price,
                    sale_price=price.sale_price,
                    loyalty_price=price.loyalty_price,
                    coupon_price=price.coupon_price,
                    source=price.source,
                )
                for price in batch
            ]
        )
