"""Fixtures that lend a simulated market in a database, and the truth about it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cartsnitch_pytest.extra import require_testing_extra

if TYPE_CHECKING:
    from cartsnitch_fixtures.market import LoadedMarket, MarketLoader
    from cartsnitch_fixtures.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def load_market(postgres_server: "PostgresServer") -> "MarketLoader":
    """Loads a market of one's own: `with load_market(market) as loaded: ...` lends a database to change."""
    require_testing_extra("load_market")
    from cartsnitch_fixtures.market import MarketLoader  # noqa: PLC0415

    if "copy" in postgres_server.lacks:
        reason = (
            f"needs copy, which backend {postgres_server.backend!r} lacks: {postgres_server.lacks['copy']}"
        )
        raise pytest.skip.Exception(reason, _use_item_location=True)
    return MarketLoader(postgres_server)


@pytest.fixture(scope="session")
def market(load_market: "MarketLoader") -> "Iterator[LoadedMarket]":
    """Sixty households over twelve weeks with inflation, in a database that all tests read."""
    from cartsnitch_fixtures.market.samples import sample_market  # noqa: PLC0415

    with load_market(sample_market(), read_only=True) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def small_market(load_market: "MarketLoader") -> "Iterator[LoadedMarket]":
    """Twenty households over six weeks without inflation, in a database that all tests read."""
    from cartsnitch_fixtures.market.samples import small_sample_market  # noqa: PLC0415

    with load_market(small_sample_market(), read_only=True) as loaded:
        yield loaded
