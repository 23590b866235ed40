"""The backends of Postgres that a run tests, and a server from each."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS, PostgresOptions, PostgresServer

NAMES = [
    name
    for name in os.environ.get("CARTSNITCH_TEST_BACKENDS", "fake,embedded,url").split(",")
    if name in POSTGRES_BACKENDS
]


@contextmanager
def postgres_server(backend: str) -> Iterator[PostgresServer]:
    """A server from the backend, for `url` one that already runs; it fails where that cannot start."""
    with ExitStack() as stack:
        options = PostgresOptions()
        if backend == "url":
            running = stack.enter_context(POSTGRES_BACKENDS["embedded"]())
            options = PostgresOptions(url=stack.enter_context(running.empty_database()))
        yield stack.enter_context(POSTGRES_BACKENDS[backend](options))
