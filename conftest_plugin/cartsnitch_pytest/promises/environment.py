"""The environment of the service's code: harmless from the start, and the test's servers when it asks.

Before any module of the service is imported, `CARTSNITCH_DATABASE_URL` and `CARTSNITCH_REDIS_URL` name places
where nothing is, whatever they named before: code that connects at import reaches no server of anybody's, and
its error names the fixture that it wants.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest

NOWHERE: Final = "/ask-for-the-fixture-service_environment"
DATABASE, DATABASE_SYNC = "CARTSNITCH_DATABASE_URL", "CARTSNITCH_DATABASE_URL_SYNC"
REDIS, KEYS = "CARTSNITCH_REDIS_URL", "CARTSNITCH_ENCRYPTION_KEYS"


def prepare() -> None:
    """Set what the service's modules may read at import; a key that is there already stays."""
    os.environ[DATABASE] = os.environ[DATABASE_SYNC] = f"postgresql+psycopg:///none?host={NOWHERE}"
    os.environ[REDIS] = f"unix://{NOWHERE}"
    os.environ.setdefault(KEYS, base64.b64encode(os.urandom(32)).decode())


@pytest.fixture
def service_environment(
    _cartsnitch_service_url: str, redis_url: str, _cartsnitch_encryption_keys: None
) -> Iterator[Mapping[str, str]]:
    """The service's settings lead to the test's database and Redis, in this process and those it starts.

    It logs in to the database as the service's role, as `service_database_url` does.
    Returns the variables that were set. Engines of `cartsnitch_common.database` end with the test.
    """
    from cartsnitch_common.config import get_settings  # noqa: PLC0415
    from cartsnitch_common.database import dispose_engines  # noqa: PLC0415

    variables = {DATABASE: _cartsnitch_service_url, DATABASE_SYNC: "", REDIS: redis_url}
    with _set(variables):
        get_settings.cache_clear()
        yield variables
        dispose_engines()
    get_settings.cache_clear()


@contextmanager
def _set(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
