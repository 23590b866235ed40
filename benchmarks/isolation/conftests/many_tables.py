"""Our fixtures for a service with 90 tables of its own, made in each database before it is lent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cartsnitch_fixtures.servers.postgres import PostgresServer

TABLES = 90
CREATE = """
    CREATE TABLE service_{number} (
        id uuid PRIMARY KEY, user_id uuid REFERENCES users ON DELETE CASCADE,
        name text UNIQUE, amount numeric(10, 2) CHECK (amount >= 0), created_at timestamptz DEFAULT now()
    )
"""


class Wider:
    """A server whose migrated databases have more tables."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def database(self) -> AbstractContextManager[str]:
        """As the server's, and the service's tables."""
        return self._widened()

    @contextmanager
    def _widened(self) -> Iterator[str]:
        with self._server.database() as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                for number in range(TABLES):
                    connection.execute(text(CREATE.format(number=number)))
            engine.dispose()
            yield url


@pytest.fixture(scope="session")
def postgres_server(postgres_server: PostgresServer) -> Wider:
    """The plugin's server, for a service with more tables."""
    return Wider(postgres_server)
