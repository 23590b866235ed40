"""A small ReceiptWitness: stores receipts, then tells the other services."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import batched
from typing import Final
from uuid import UUID

from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartsnitch_cli.demo.formats import FORMATS
from cartsnitch_cli.demo.parsing import ParsedReceipt
from cartsnitch_common.constants import PriceSource, Service, StoreSlug
from cartsnitch_common.database import session_scope
from cartsnitch_common.events import EventPublisher
from cartsnitch_common.models import NormalizedProduct, PriceHistory, Purchase, PurchaseItem, Store, User
from cartsnitch_common.schemas.events import EventPayload, PricesUpdated, PriceUpdate, ReceiptsIngested
from cartsnitch_fixtures.catalogue import CHAINS, check_digit, is_upc

NO_LOGIN: Final = "!"
"""In the place of a password's hash: no password has it."""
MOST_PRICES: Final = 1000
"""In one event, by the contract."""
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Ingested:
    """A receipt that was stored, and what was published of it."""

    purchase_id: UUID
    lines: int
    price_events: int


class ReceiptWitness:
    """Stores receipts in the database at `url` and publishes on `redis`. One receipt is one transaction."""

    def __init__(self, url: str, redis: Redis) -> None:
        self._url = url
        self._publisher = EventPublisher(redis, Service.RECEIPT_WITNESS)
        self._products: dict[str, UUID] = {}
        self.store_ids: dict[StoreSlug, UUID] = {}
        with session_scope(url) as session:
            for slug in StoreSlug:
                self.store_ids[slug] = _store(session, slug).id
            for product in session.scalars(select(NormalizedProduct)):
                self._products.update(dict.fromkeys(product.upc_variants, product.id))
                self._products.setdefault(_name_key(product.canonical_name), product.id)

    def user(self, email: str, name: str) -> UUID:
        """The id of the user with this e-mail address, who is made if there is none."""
        with session_scope(self._url) as session:
            user = session.scalar(select(User).where(func.lower(User.email) == email.lower()))
            if user is None:
                user = User(email=email, display_name=name, hashed_password=NO_LOGIN)
                session.add(user)
            return user.id

    def ingest(self, receipt: ParsedReceipt) -> Ingested | None:
        """Store a receipt, commit, publish; None if this store's receipt is stored already."""
        made: dict[str, UUID] = {}
        with session_scope(self._url) as session:
            if _is_stored(session, receipt):
                return None
            purchase = Purchase(
                **receipt.purchase.model_dump(exclude={"items"}),
                items=[PurchaseItem(**item.model_dump()) for item in receipt.purchase.items],
            )
            session.add(purchase)
            for item in purchase.items:
                item.normalized_product_id = self._product(session, item, receipt.store, made)
            prices = list(_prices(purchase))
            session.add_all(prices)
        self._products.update(made)
        events = [_ingested(purchase, receipt.store), *_price_events(prices, receipt.store)]
        self._publisher.publish_many(events)  # after the commit: who hears of a receipt can read it
        return Ingested(purchase.id, len(purchase.items), len(events) - 1)

    def _product(
        self, session: Session, item: PurchaseItem, store: StoreSlug, made: dict[str, UUID]
    ) -> UUID | None:
        """The product of a line: by its code, else by its name; a deposit is none."""
        if "deposit" in item.product_name_raw.lower():
            return None
        key = product_code(item.upc, store) if item.upc else _name_key(item.product_name_raw)
        known = self._products.get(key) or made.get(key)
        if known is None:
            product = NormalizedProduct(canonical_name=item.product_name_raw)
            product.upc_variants = list(dict.fromkeys((key, item.upc))) if item.upc else []
            session.add(product)
            known = made[key] = product.id
        elif item.upc and item.upc not in self._products and item.upc not in made:
            seen = session.get_one(NormalizedProduct, known)
            seen.upc_variants = list(dict.fromkeys((*seen.upc_variants, item.upc)))
        if item.upc:
            made[item.upc] = known
        return known


def product_code(upc: str, store: StoreSlug) -> str:
    """A code as all stores share it: twelve digits with the check digit, or a PLU of four or five.

    `upc` has lost its leading zeros; Kroger also drops the check digit, which is computed here.
    """
    if len(upc) <= 5 or len(upc) > 12:
        return upc
    if not FORMATS[store].codes_have_check_digit and not is_upc(upc):
        body = upc.zfill(11)
        return body + check_digit(body) if len(body) == 11 else upc
    return upc.zfill(12)


def _store(session: Session, slug: StoreSlug) -> Store:
    store = session.scalar(select(Store).where(Store.slug == slug))
    if store is None:
        chain = CHAINS[slug]
        store = Store(slug=slug, name=chain.name, website_url=chain.website_url)
        session.add(store)
    return store


def _is_stored(session: Session, receipt: ParsedReceipt) -> bool:
    purchase = receipt.purchase
    same = select(Purchase.id).where(
        Purchase.store_id == purchase.store_id, Purchase.receipt_id == purchase.receipt_id
    )
    return session.scalar(same) is not None


def _name_key(name: str) -> str:
    return f"name:{' '.join(name.lower().split())}"


def _prices(purchase: Purchase) -> Iterator[PriceHistory]:
    """What each line says of its product's price; a line whose regular price is not told says nothing."""
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


def _ingested(purchase: Purchase, store: StoreSlug) -> EventPayload:
    return ReceiptsIngested(
        purchase_id=purchase.id,
        user_id=purchase.user_id,
        store_slug=store,
        receipt_id=purchase.receipt_id,
        purchase_date=purchase.purchase_date,
        total=purchase.total,
        item_count=len(purchase.items),
    )


def _price_events(prices: list[PriceHistory], store: StoreSlug) -> Iterator[EventPayload]:
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
