"""The backends of Postgres that a run tests, and a server from each."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import inspect

from cartsnitch_common.database import get_sync_engine
from cartsnitch_common.errors import DatabaseUnavailableError
from cartsnitch_fixtures.servers.postgres import POSTGRES_BACKENDS, PostgresOptions, PostgresServer

NAMES = os.environ.get("CARTSNITCH_TEST_BACKENDS", "fake,embedded,url").split(",")


@contextmanager
def postgres_server(backend: str) -> Iterator[PostgresServer]:
    """A server from the backend, for `url` one that already runs; it fails where that cannot start."""
    with ExitStack() as stack:
        options = PostgresOptions(
            image=os.environ.get("CARTSNITCH_TEST_POSTGRES_IMAGE", PostgresOptions().image)
        )
        if backend == "url":
            running = stack.enter_context(POSTGRES_BACKENDS["embedded"]())
            options = PostgresOptions(url=stack.enter_context(running.empty_database()))
        yield stack.enter_context(POSTGRES_BACKENDS[backend](options))


def tables(url: str) -> set[str]:
    """The tables of a database; none where it is gone."""
    try:
        return set(inspect(get_sync_engine(url)).get_table_names())
    except DatabaseUnavailableError:
        return set()
