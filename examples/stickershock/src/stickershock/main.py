"""The service: `uvicorn stickershock.main:app`. Importing it reads no setting and opens nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import Depends, FastAPI

from cartsnitch_common.config import get_settings as get_common_settings
from cartsnitch_common.constants import EventType
from cartsnitch_common.events import AsyncEventSubscriber
from stickershock import routes
from stickershock.handlers import on_prices_updated
from stickershock.parts import Parts, open_parts, require_service_key
from stickershock.problems import answer_with_problems
from stickershock.settings import Settings

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Serve, listen, and catch up: at the start, after every gap, and from time to time.

    Catching up begins once the service listens, so that nothing falls between. A Redis that is away does not
    keep it from serving.
    """
    async with open_parts(Settings()) as parts, asyncio.TaskGroup() as tasks:
        app.state.parts = parts
        subscriber = subscribe(parts)
        listening = tasks.create_task(subscriber.run())
        with suppress(TimeoutError):
            await asyncio.wait_for(subscriber.ready.wait(), get_common_settings().redis_timeout)
        catching_up = tasks.create_task(_keep_up(parts))
        yield
        subscriber.stop()
        catching_up.cancel()
        await listening


def subscribe(parts: Parts) -> AsyncEventSubscriber:
    """A subscriber that hands prices to the watch, and catches up once it was away."""
    subscriber = AsyncEventSubscriber(parts.redis, on_reconnect=parts.watch.catch_up)
    subscriber.on(EventType.PRICES_UPDATED, partial(on_prices_updated, watch=parts.watch))
    return subscriber


async def _keep_up(parts: Parts) -> None:
    """An event may be lost without a trace, when its publisher cannot reach Redis."""
    while True:
        try:
            await parts.watch.catch_up()
        except Exception:
            log.exception("Catching up failed; the next attempt is in %g s.", parts.settings.catch_up_every)
        await asyncio.sleep(parts.settings.catch_up_every)


app = FastAPI(title="StickerShock", lifespan=lifespan, dependencies=[Depends(require_service_key)])
answer_with_problems(app)
app.include_router(routes.router)
