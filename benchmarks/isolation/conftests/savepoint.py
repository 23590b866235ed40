"""An outer transaction that is rolled back, as SQLAlchemy's documentation has it; commits end savepoints."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from cartsnitch_fixtures.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """One engine for all tests, on a migrated database."""
    with postgres_server.database() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that commits into a savepoint."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
