"""create_all before and drop_all after each test, on one engine."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from cartsnitch_common.models import Base
from cartsnitch_fixtures.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """One engine for all tests, on an empty database."""
    with postgres_server.empty_database() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on tables made for it."""
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    Base.metadata.drop_all(engine)
