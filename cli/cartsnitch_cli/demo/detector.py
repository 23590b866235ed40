"""A small StickerShock: hears of prices, looks up what they were before, publishes what really rose."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self
from uuid import UUID

from redis import Redis
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.database import session_scope
from cartsnitch_common.errors import CartsnitchError, PayloadError
from cartsnitch_common.events import EventPublisher, EventSubscriber
from cartsnitch_common.models import NormalizedProduct, PriceHistory, Store
from cartsnitch_common.schemas.events import Event, PriceIncreaseAlert, PricesUpdated, PriceUpdate

PATIENCE: Final = 20.0
"""Seconds without progress after which a service is given up."""


class StickerShock:
    """Finds products whose regular price rose by `threshold` percent or more at a store.

    Only regular prices count: the end of a sale is no increase. What a price was before is asked of the
    database, so a restart forgets nothing; a fact that was delivered twice is recognised by its key.

    Attributes:
        alerts: what was found and published.
        errors: what went wrong in it, one line each.
    """

    def __init__(self, url: str, redis: Redis, *, threshold: Decimal = Decimal(2)) -> None:
        self.alerts: list[PriceIncreaseAlert] = []
        self.errors: list[str] = []
        self._url = url
        self._threshold = threshold
        self._seen: set[str] = set()
        self._publisher = EventPublisher(redis, Service.STICKER_SHOCK)
        self._subscriber = EventSubscriber(redis, on_error=self._failed, on_invalid=self._invalid)
        self._subscriber.on(EventType.PRICES_UPDATED, self.on_prices)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Listen in a thread of its own as long as the block lasts.

        Raises:
            CartsnitchError: it cannot subscribe.
        """
        thread = threading.Thread(target=self._subscriber.run, name="stickershock", daemon=True)
        thread.start()
        try:
            if not self._subscriber.ready.wait(PATIENCE):
                raise CartsnitchError("StickerShock could not subscribe. Look at Redis and its log.")
            yield self
        finally:
            self._subscriber.stop()
            thread.join()

    def wait_for(self, events: int) -> Iterator[int]:
        """Yield how many events were dealt with, from time to time, until `events` are.

        Raises:
            CartsnitchError: nothing moved for `PATIENCE` seconds.
        """
        stats = self._subscriber.stats
        done, since = -1, time.monotonic()
        while done < events:
            now = stats.handled + stats.invalid + stats.failed
            if now != done:
                done, since = now, time.monotonic()
                yield done
            elif time.monotonic() - since > PATIENCE:
                raise CartsnitchError(
                    f"StickerShock dealt with {done} of {events} events and then with none for "
                    f"{PATIENCE:.0f} seconds. It may have been disconnected {stats.reconnects} times."
                )
            time.sleep(0.01)

    def on_prices(self, event: Event[PricesUpdated]) -> None:
        """Handle one event: prices at one or several stores, of one or several days."""
        groups: dict[tuple[str, date], list[PriceUpdate]] = defaultdict(list)
        for price in event.payload.prices:
            groups[price.store_slug, price.observed_date].append(price)
        alerts = [
            alert
            for (store, day), prices in groups.items()
            for alert in self._increases(store, day, prices)
            if self._is_new(alert)
        ]
        self._publisher.publish_many(alerts)
        self.alerts += alerts

    def _increases(self, store: str, day: date, prices: list[PriceUpdate]) -> Iterator[PriceIncreaseAlert]:
        before = self._before(store, day, {price.normalized_product_id for price in prices})
        for price in prices:
            if price.normalized_product_id not in before:
                continue
            name, old, since = before[price.normalized_product_id]
            percent = (price.regular_price - old) / old * 100 if old else Decimal(0)
            if percent >= self._threshold:
                yield PriceIncreaseAlert(
                    normalized_product_id=price.normalized_product_id,
                    canonical_name=name,
                    store_slug=store,
                    old_price=old,
                    new_price=price.regular_price,
                    percent_change=percent.quantize(Decimal("0.01"), ROUND_HALF_UP),
                    observed_date=day,
                    previous_observed_date=since,
                )

    def _before(self, store: str, day: date, products: set[UUID]) -> dict[UUID, tuple[str, Decimal, date]]:
        """Each product's name, last regular price at the store before the day, and when that was seen."""
        last = (
            select(
                PriceHistory.normalized_product_id,
                NormalizedProduct.canonical_name,
                PriceHistory.regular_price,
                PriceHistory.observed_date,
            )
            .ext(distinct_on(PriceHistory.normalized_product_id))
            .join(PriceHistory.store)
            .join(PriceHistory.normalized_product)
            .where(
                Store.slug == store,
                PriceHistory.normalized_product_id.in_(products),
                PriceHistory.observed_date < day,
            )
            .order_by(
                PriceHistory.normalized_product_id, PriceHistory.observed_date.desc(), PriceHistory.id.desc()
            )
        )
        with session_scope(self._url) as session:
            return {product: (name, price, seen) for product, name, price, seen in session.execute(last)}

    def _is_new(self, alert: PriceIncreaseAlert) -> bool:
        new = self._seen.isdisjoint(alert.idempotency_keys)
        self._seen.update(alert.idempotency_keys)
        return new

    def _failed(self, event: Event[Any], error: Exception) -> None:
        self.errors.append(f"StickerShock failed on {event.event_type}: {type(error).__name__}: {error}")

    def _invalid(self, error: PayloadError) -> None:
        self.errors.append(f"StickerShock could not read a message: {error.reason}")
