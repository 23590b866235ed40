"""Both kinds of database that the models run on."""

import base64
import os

import pytest
from sqlalchemy.orm import Session

from cartsnitch_common.config import get_settings
from cartsnitch_common.engines import make_engine
from cartsnitch_common.models import Base
from cartsnitch_common.urls import parse_database_url


@pytest.fixture
def sqlite_engine():
    """The fake: SQLite in memory with the same models."""
    engine = make_engine(parse_database_url("sqlite://"), get_settings())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgres", "sqlite"])
def engine(request):
    """An engine with the ten tables, on each kind of database in turn."""
    return request.getfixturevalue("db_engine" if request.param == "postgres" else "sqlite_engine")


@pytest.fixture
def session(engine):
    """A session on each kind of database in turn."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def new_key():
    """Make an encryption key as the variable holds it."""
    return lambda: base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def use_keys(monkeypatch):
    """Set the encryption keys, newest first; none at first."""

    def use(*keys: str) -> None:
        monkeypatch.setenv("CARTSNITCH_ENCRYPTION_KEYS", ",".join(keys))
        get_settings.cache_clear()

    use()
    yield use
    monkeypatch.undo()
    get_settings.cache_clear()
