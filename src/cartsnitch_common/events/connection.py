"""Connections of a subscriber's own, which fail at once instead of being mended behind its back.

redis-py's pub/sub reconnects silently, up to ten times and with its own pauses. A subscriber has to know of a
loss (messages are gone), has to count it, and has to stop in the middle of one.
"""

from typing import Any

from redis import ConnectionPool, Redis
from redis.asyncio import ConnectionPool as AsyncConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry


def own_client(source: Redis | str, timeout: float) -> Redis:
    """A client to the same server with the same credentials; `timeout` holds where the source has none."""
    pool = (Redis.from_url(source) if isinstance(source, str) else source).connection_pool
    options = _options(pool.connection_kwargs, timeout)
    retry = Retry(NoBackoff(), 0, supported_errors=())
    return Redis(connection_pool=ConnectionPool(pool.connection_class, **options, retry=retry))


def own_async_client(source: AsyncRedis | str, timeout: float) -> AsyncRedis:
    """`own_client` for asyncio."""
    pool = (AsyncRedis.from_url(source) if isinstance(source, str) else source).connection_pool
    options = _options(pool.connection_kwargs, timeout)
    retry = AsyncRetry(NoBackoff(), 0, supported_errors=())
    return AsyncRedis(connection_pool=AsyncConnectionPool(pool.connection_class, **options, retry=retry))


def _options(given: dict[str, Any], timeout: float) -> dict[str, Any]:
    options = {name: value for name, value in given.items() if not name.startswith("retry")}
    options["socket_timeout"] = options.get("socket_timeout") or timeout
    if "path" not in options:
        options["socket_connect_timeout"] = options.get("socket_connect_timeout") or timeout
    # bytes, because a message need not be UTF-8; and the subscriber checks the connection's health itself
    return options | {"decode_responses": False, "health_check_interval": 0}
