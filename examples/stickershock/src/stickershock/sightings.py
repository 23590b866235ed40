"""What this service reads of a price; events and `GET /prices` call it the same."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Self
from uuid import UUID

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.schemas import Reader
from cartsnitch_common.schemas.fields import Money, OpenStoreSlug


class SeenPrice(Reader):
    """A regular price that was seen. What an offer makes of it is not read: the end of one is no increase."""

    price_history_id: UUID
    normalized_product_id: UUID
    store_slug: OpenStoreSlug
    observed_date: date
    regular_price: Money


class SeenPrices(Reader):
    """The part of `prices.updated` that this service reads."""

    prices: list[SeenPrice]


class Shelf(NamedTuple):
    """A product at a chain: what has a price, or two where the chain's regions differ."""

    product_id: UUID
    store: StoreSlug

    def __str__(self) -> str:
        return f"{self.product_id}:{self.store}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote."""
        product_id, store = text.split(":")
        return cls(UUID(product_id), StoreSlug(store))


@dataclass(frozen=True, order=True)
class Sighting:
    """A price, the day when it was seen, and the id that it is recognised by."""

    day: date
    price: Decimal
    id: UUID

    def __str__(self) -> str:
        return f"{self.day}|{self.price}|{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote."""
        day, price, identity = text.split("|")
        return cls(date.fromisoformat(day), Decimal(price), UUID(identity))
