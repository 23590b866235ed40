"""Fixtures on a Redis of the test's own: a URL, clients, and what was published on the event bus."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

import pytest

from cartsnitch_pytest.choice import chosen, redis_options
from cartsnitch_pytest.extra import require_testing_extra

if TYPE_CHECKING:
    import redis
    import redis.asyncio

    from cartsnitch_fixtures.servers.published import PublishedEvents
    from cartsnitch_fixtures.servers.redis import RedisKeyspace, RedisServer

type Listening = Callable[[pytest.Item, "RedisKeyspace"], AbstractContextManager[None]]
LISTENING: Final = pytest.StashKey[Listening]()
"""Who listens on the Redis of each test as long as the test has it; nobody unless a plugin says so."""


@pytest.fixture(scope="session")
def redis_image(request: pytest.FixtureRequest) -> str:
    """The image of the container backend, by option, environment or ini; for a project to override."""
    return redis_options(request.config).image


@pytest.fixture(scope="session")
def redis_server(request: pytest.FixtureRequest, redis_image: str) -> "Iterator[RedisServer]":
    """A running Redis of this run's own (under xdist of each worker's), which lends empty keyspaces."""
    require_testing_extra("redis_server")
    from dataclasses import replace  # noqa: PLC0415

    from cartsnitch_fixtures.servers.choice import REDIS  # noqa: PLC0415
    from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS  # noqa: PLC0415

    backend = REDIS_BACKENDS[chosen(request.config, REDIS).backend]
    with backend(replace(redis_options(request.config), image=redis_image)) as server:
        yield server


@pytest.fixture
def redis_url(_cartsnitch_keyspace: "RedisKeyspace") -> str:
    """The URL of the test's Redis, for code that makes its own client."""
    return _cartsnitch_keyspace.url


@pytest.fixture
def redis_client(_cartsnitch_keyspace: "RedisKeyspace") -> "redis.Redis":
    """A client of the test's Redis, which is empty at first."""
    return _cartsnitch_keyspace.client()


@pytest.fixture
def async_redis_client(_cartsnitch_keyspace: "RedisKeyspace") -> "redis.asyncio.Redis":
    """An asynchronous client of the test's Redis; it connects in whichever loop the test runs."""
    return _cartsnitch_keyspace.async_client()


@pytest.fixture
def published_events(_cartsnitch_keyspace: "RedisKeyspace") -> "Iterator[PublishedEvents]":
    """What is published on the test's Redis from now on, typed: `.all`, `.of(type)`, `.wait_for(type)`."""
    from cartsnitch_fixtures.servers.published import PublishedEvents  # noqa: PLC0415

    events = PublishedEvents(_cartsnitch_keyspace.client())
    yield events
    events.close()


@pytest.fixture
def _cartsnitch_keyspace(
    request: pytest.FixtureRequest, redis_server: "RedisServer"
) -> "Iterator[RedisKeyspace]":
    with redis_server.keyspace() as keyspace:
        listening = request.config.stash.get(LISTENING, None)
        if listening is None:
            yield keyspace
            return
        with listening(request.node, keyspace):
            yield keyspace
