"""Fixtures that a service may override, to have its application asked in the way that it needs."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from cartsnitch_pytest.promises.declared import DECLARED

KEY: Final = "key-of-the-contract-tests"
type Rows = Callable[[], Mapping[str, Sequence[str]]]


@pytest.fixture
def serves_key(request: pytest.FixtureRequest) -> Iterator[str]:
    """A service key that the application takes.

    Unless overridden it is made known as `STICKERSHOCK_SERVICE_KEYS`, with the name of the service.
    """
    variable = f"{request.config.stash[DECLARED].service.upper()}_SERVICE_KEYS"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, ",".join(filter(None, (os.environ.get(variable), KEY))))
        yield KEY


@pytest.fixture
def serves_rows(request: pytest.FixtureRequest) -> Rows:
    """Makes rows for the application to answer with, and says what of them may be asked for.

    What it returns maps a path with one parameter (`/purchases/{id}`), or the name of a parameter, to values.
    Unless overridden: purchases, prices, coupons, accounts and shrunk packages, recorded an hour ago.
    """
    from cartsnitch_fixtures.served import served_rows  # noqa: PLC0415

    def make() -> Mapping[str, Sequence[str]]:
        factories = request.getfixturevalue("_cartsnitch_factories")
        return served_rows(factories, before=datetime.now(UTC) - timedelta(hours=1))

    return make
