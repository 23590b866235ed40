"""The backends of Redis that a run tests, and a server from each."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cartsnitch_fixtures.servers.redis import REDIS_BACKENDS, RedisServer

NAMES = [
    name
    for name in os.environ.get("CARTSNITCH_TEST_BACKENDS", "fake,embedded,url").split(",")
    if name in REDIS_BACKENDS
]


@contextmanager
def redis_server(backend: str) -> Iterator[RedisServer]:
    """A server from the backend; it fails where that cannot start."""
    with ExitStack() as stack:
        yield stack.enter_context(REDIS_BACKENDS[backend]())
