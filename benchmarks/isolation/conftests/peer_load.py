"""pytest-postgresql with `load=`: migrated once into its template, cloned for each test."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection
from pytest_postgresql import factories
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cartsnitch_migrations import upgrade


def migrate(*, host: str, port: int, user: str, dbname: str, **others: Any) -> None:
    """The same migrations as ours."""
    upgrade(f"postgresql+psycopg://{user}@{host}:{port}/{dbname}")


postgresql_proc = factories.postgresql_proc(
    executable=os.environ["PG_CTL"], postgres_options=os.environ["PG_SETTINGS"], load=[migrate]
)
postgresql = factories.postgresql("postgresql_proc")


@pytest.fixture
def session(postgresql: Connection) -> Iterator[Session]:
    """A session on the test's clone, which needs an engine of its own."""
    info = postgresql.info
    engine = create_engine(f"postgresql+psycopg://{info.user}@{info.host}:{info.port}/{info.dbname}")
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()
