"""pytest-postgresql by default: an empty database for each test, which makes its tables."""

import os
from collections.abc import Iterator

import pytest
from psycopg import Connection
from pytest_postgresql import factories
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cartsnitch_common.models import Base

postgresql_proc = factories.postgresql_proc(
    executable=os.environ["PG_CTL"], postgres_options=os.environ["PG_SETTINGS"]
)
postgresql = factories.postgresql("postgresql_proc")


@pytest.fixture
def session(postgresql: Connection) -> Iterator[Session]:
    """A session on the test's own tables."""
    info = postgresql.info
    engine = create_engine(f"postgresql+psycopg://{info.user}@{info.host}:{info.port}/{info.dbname}")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()
