"""TRUNCATE of all tables after each test, on one engine."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from cartsnitch_common.models import Base
from cartsnitch_fixtures.servers.postgres import PostgresServer

TRUNCATE = text(f"TRUNCATE {', '.join(table.name for table in Base.metadata.sorted_tables)}")


@pytest.fixture(scope="session")
def engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """One engine for all tests, on a migrated database."""
    with postgres_server.database() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose rows are gone afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
    with engine.begin() as connection:
        connection.execute(TRUNCATE)
