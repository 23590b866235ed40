"""The state of this service, in Redis: no table is its own, and those of other services are not to be read.

Everything follows from the prices that ReceiptWitness serves: a ledger that was lost is filled again by
catching up. What is written twice is there once, so that a redelivered event changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from redis.asyncio import Redis

from cartsnitch_common.constants import ProductCategory, StoreSlug
from cartsnitch_common.schemas.rest import PriceIncrease
from stickershock.sightings import SeenPrice, Shelf, Sighting

KEPT: Final = timedelta(days=400)
"""How long before a shelf's latest its sightings are kept: a year, of which `/inflation` tells, and more."""
_PREFIX: Final = "stickershock"
_SHELVES, _UNJUDGED = f"{_PREFIX}:shelves", f"{_PREFIX}:unjudged"
_INCREASES, _TIMELINE, _UNTOLD = f"{_PREFIX}:increases", f"{_PREFIX}:timeline", f"{_PREFIX}:untold"
_PRODUCTS, _CURSOR = f"{_PREFIX}:products", f"{_PREFIX}:cursor"
_BATCH: Final = 500


class Product(BaseModel):
    """What is known of a product."""

    name: str
    category: str


class Ledger:
    """Sightings, increases, products, and how far ReceiptWitness was read."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def record(self, prices: Iterable[SeenPrice]) -> None:
        """Keep prices, and note that their shelves are to be judged; all of it or nothing."""
        async with self._redis.pipeline(transaction=True) as pipe:
            for price in prices:
                if not isinstance(price.store_slug, StoreSlug):
                    continue  # a chain of a newer release, which no event of ours could name
                shelf = str(Shelf(price.normalized_product_id, price.store_slug))
                seen = Sighting(price.observed_date, price.regular_price, price.price_history_id)
                pipe.zadd(_sightings(shelf), {str(seen): price.observed_date.toordinal()})
                pipe.sadd(_SHELVES, shelf)
                pipe.sadd(_UNJUDGED, shelf)
            await pipe.execute()

    async def unjudged(self) -> list[Shelf]:
        """Shelves whose sightings nobody looked at since the last one came."""
        return sorted(Shelf.parse(_text(found)) for found in await self._redis.smembers(_UNJUDGED))

    async def judged(self, latest: Mapping[Shelf, date]) -> None:
        """The sightings of shelves were looked at, up to a day of each; those that are too old go."""
        async with self._redis.pipeline(transaction=True) as pipe:
            for shelf, day in latest.items():
                pipe.zremrangebyscore(_sightings(str(shelf)), "-inf", f"({day.toordinal() - KEPT.days}")
                pipe.srem(_UNJUDGED, str(shelf))
            await pipe.execute()

    async def shelves(self) -> list[Shelf]:
        """All that were ever seen."""
        return sorted(Shelf.parse(_text(found)) for found in await self._redis.smembers(_SHELVES))

    async def sightings(
        self, shelves: Sequence[Shelf], since: date = date.min, until: date = date.max
    ) -> dict[Shelf, list[Sighting]]:
        """What was seen on each shelf, by day."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for shelf in shelves:
                pipe.zrangebyscore(_sightings(str(shelf)), since.toordinal(), until.toordinal())
            found = await pipe.execute()
        return {
            shelf: [Sighting.parse(text.decode()) for text in texts]
            for shelf, texts in zip(shelves, found, strict=True)
        }

    async def add(self, shelf: Shelf, increase: PriceIncrease) -> None:
        """Keep an increase, and note that it is still to be told; all of it or nothing."""
        identity = str(increase.price_history_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_INCREASES, identity, increase.model_dump_json())
            pipe.sadd(_found(shelf), identity)
            pipe.zadd(_TIMELINE, {identity: _micros(increase.created_at)})
            pipe.sadd(_UNTOLD, identity)
            await pipe.execute()

    async def increases_of(self, shelf: Shelf) -> list[PriceIncrease]:
        """What was found on a shelf so far."""
        return await self._increases(await self._redis.smembers(_found(shelf)))

    async def increases(self, since: datetime | None = None) -> AsyncIterator[PriceIncrease]:
        """Increases, by the time when they were found, then by id; those before `since` are not read."""
        start = 0 if since is None else await self._redis.zcount(_TIMELINE, "-inf", f"({_micros(since)}")
        while found := await self._redis.zrange(_TIMELINE, start, start + _BATCH - 1):
            for increase in await self._increases(found):
                yield increase
            start += len(found)

    async def untold(self) -> list[PriceIncrease]:
        """Increases of which no event was sent yet, in the order of their ids."""
        return await self._increases(sorted(map(_text, await self._redis.smembers(_UNTOLD))))

    async def told(self, increase: PriceIncrease) -> None:
        """Its event was sent."""
        await self._redis.srem(_UNTOLD, str(increase.price_history_id))

    async def products(self, ids: Iterable[UUID]) -> dict[UUID, Product]:
        """What is known of products; those that nobody looked up are not in it."""
        wanted = sorted(set(ids))
        found = await self._redis.hmget(_PRODUCTS, [str(each) for each in wanted]) if wanted else []
        pairs = zip(wanted, found, strict=True)
        return {each: Product.model_validate_json(text) for each, text in pairs if text}

    async def learn(self, product_id: UUID, product: Product) -> None:
        """Keep what is known of a product."""
        await self._redis.hset(_PRODUCTS, str(product_id), product.model_dump_json())

    async def cursor(self) -> str | None:
        """The place behind the last price that was read from ReceiptWitness."""
        found = await self._redis.get(_CURSOR)
        return _text(found) if found else None

    async def move_to(self, cursor: str) -> None:
        """Everything before was recorded."""
        await self._redis.set(_CURSOR, cursor)

    async def _increases(self, identities: Iterable[Any]) -> list[PriceIncrease]:
        keys = list(identities)
        found = await self._redis.hmget(_INCREASES, keys) if keys else []
        return [PriceIncrease.model_validate_json(text) for text in found if text]


def category_of(told: str | None) -> str:
    """The shelf of a product whose category nobody knows is `other`."""
    return told or ProductCategory.OTHER


def _text(found: Any) -> str:
    """What a client that decodes nothing has found."""
    decoded: str = found.decode()
    return decoded


def _micros(moment: datetime) -> int:
    """Since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _sightings(shelf: str) -> str:
    return f"{_PREFIX}:sightings:{shelf}"


def _found(shelf: Shelf) -> str:
    return f"{_PREFIX}:found:{shelf}"
