"""From prices to increases: record, judge, tell."""

import logging
from asyncio import Lock
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from cartsnitch_common.events import AsyncEventPublisher
from cartsnitch_common.schemas.events import PriceIncreaseAlert
from cartsnitch_common.schemas.rest import PriceIncrease
from stickershock.ledger import Ledger, Product, category_of
from stickershock.receiptwitness import ReceiptWitness
from stickershock.rises import Rise, find_rises
from stickershock.sightings import SeenPrice, Shelf, Sighting

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


class PriceWatch:
    """Watches prices, and tells of what rose by `percent` or more.

    Each step is kept in the ledger before the next one begins. Where one fails, the next event or catching up
    takes up what was left. An increase that was told just before a crash is told again: readers know it by
    its key.
    """

    def __init__(
        self,
        ledger: Ledger,
        receiptwitness: ReceiptWitness,
        publisher: AsyncEventPublisher,
        *,
        percent: Decimal = Decimal(2),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.ledger = ledger
        self._receiptwitness = receiptwitness
        self._publisher = publisher
        self._percent = percent
        self._now = now
        self._lock = Lock()

    async def see(self, prices: Iterable[SeenPrice]) -> None:
        """Take in prices, in whatever order and however often they come.

        Raises:
            ReceiptWitnessError: a product's name cannot be had; the prices are kept.
        """
        async with self._lock:
            await self.ledger.record(prices)
            await self._judge()
            await self._tell()

    async def catch_up(self) -> None:
        """Read every price that ReceiptWitness recorded since the last time, whose event may have been lost.

        Raises:
            ReceiptWitnessError: it does not answer; the next time goes on where this one stopped.
        """
        async with self._lock:
            async for page in self._receiptwitness.prices(await self.ledger.cursor()):
                await self.ledger.record(page.items)
                if page.next_cursor is not None:
                    await self.ledger.move_to(page.next_cursor)
            await self._judge()
            await self._tell()

    async def _judge(self) -> None:
        shelves = await self.ledger.unjudged()
        products = await self.ledger.products(shelf.product_id for shelf in shelves)
        sightings = await self.ledger.sightings(shelves)
        for shelf in shelves:
            if shelf.product_id not in products:
                product = await self._look_up(shelf.product_id)
                if product is None:
                    continue
                products[shelf.product_id] = product
            await self._find(shelf, products[shelf.product_id], sightings[shelf])
        today = self._now().date()  # a misread day in the future must not outdate the others
        await self.ledger.judged({shelf: min(today, sightings[shelf][-1].day) for shelf in shelves})

    async def _look_up(self, product_id: UUID) -> Product | None:
        found = await self._receiptwitness.product(product_id)
        if found is None:
            log.warning("ReceiptWitness knows no product %s; its prices wait for the next one.", product_id)
            return None
        product = Product(name=found.canonical_name, category=category_of(found.category))
        await self.ledger.learn(product_id, product)
        return product

    async def _find(self, shelf: Shelf, product: Product, sightings: list[Sighting]) -> None:
        rises = list(find_rises(sightings, percent=self._percent))
        if not rises:
            return
        before = [_rise(increase) for increase in await self.ledger.increases_of(shelf)]
        for rise in rises:
            if not any(rise.is_same_as(other) for other in before):
                before.append(rise)
                await self.ledger.add(shelf, self._increase(shelf, product, rise))

    def _increase(self, shelf: Shelf, product: Product, rise: Rise) -> PriceIncrease:
        return PriceIncrease(
            price_history_id=rise.id,
            normalized_product_id=shelf.product_id,
            canonical_name=product.name,
            store_slug=shelf.store,
            old_price=rise.old_price,
            new_price=rise.new_price,
            percent_change=rise.percent,
            observed_date=rise.observed_date,
            previous_observed_date=rise.previous_observed_date,
            created_at=self._now(),
        )

    async def _tell(self) -> None:
        for increase in await self.ledger.untold():
            told = increase.model_dump(include=set(PriceIncreaseAlert.model_fields))
            await self._publisher.publish(PriceIncreaseAlert(**told))
            await self.ledger.told(increase)


def _rise(increase: PriceIncrease) -> Rise:
    return Rise(
        increase.price_history_id,
        increase.old_price,
        increase.new_price,
        increase.previous_observed_date,
        increase.observed_date,
    )
