"""What the service works with: made when the app starts, from the settings, and closed with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Annotated

import httpx
from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader
from redis.asyncio import Redis

from cartsnitch_common.config import get_settings as get_common_settings
from cartsnitch_common.constants import Service
from cartsnitch_common.events import AsyncEventPublisher
from cartsnitch_common.schemas.rest import SERVICE_KEY
from stickershock.ledger import Ledger
from stickershock.receiptwitness import ReceiptWitness
from stickershock.settings import Settings
from stickershock.watch import PriceWatch, utc_now


@dataclass(frozen=True)
class Parts:
    """Settings, the connection to Redis, and the watch."""

    settings: Settings
    redis: Redis
    watch: PriceWatch


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """The parts while the service runs; their connections end with it."""
    async with (
        Redis.from_url(get_common_settings().redis_url) as redis,
        httpx.AsyncClient(
            base_url=settings.receiptwitness_url, timeout=settings.receiptwitness_timeout
        ) as client,
    ):
        watch = PriceWatch(
            Ledger(redis),
            ReceiptWitness(client, settings.receiptwitness_key.get_secret_value()),
            AsyncEventPublisher(redis, Service.STICKER_SHOCK),
            percent=settings.percent,
        )
        yield Parts(settings, redis, watch)


def get_parts(request: Request) -> Parts:
    """What the running app has made."""
    parts: Parts = request.app.state.parts
    return parts


def get_ledger(parts: Annotated[Parts, Depends(get_parts)]) -> Ledger:
    """What was found."""
    return parts.watch.ledger


def require_service_key(
    parts: Annotated[Parts, Depends(get_parts)],
    key: Annotated[str | None, Security(APIKeyHeader(name=SERVICE_KEY, auto_error=False))],
) -> None:
    """Refuse who does not send a known key."""
    known = [each.get_secret_value().encode() for each in parts.settings.service_keys]
    if key is None or not any(compare_digest(each, key.encode()) for each in known):
        raise HTTPException(401, f"Send the key of your service in the header {SERVICE_KEY}.")


type LedgerNow = Annotated[Ledger, Depends(get_ledger)]
type Now = Annotated[datetime, Depends(utc_now)]
