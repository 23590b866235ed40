"""A database can be named in messages without giving away who logs in there."""

import pytest
from sqlalchemy import make_url

from cartsnitch_common.urls import async_url, describe, parse_database_url, sync_url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://me:pw@db:6543/shop", "PostgreSQL db, port 6543, database shop"),
        ("postgresql://me:pw@/shop?host=/run/pg&port=7", "PostgreSQL /run/pg, port 7, database shop"),
        ("postgresql:///shop", "PostgreSQL the default socket, port 5432, database shop"),
        ("postgresql://db", "PostgreSQL db, port 5432, database (unset)"),
        ("sqlite://", "SQLite :memory:"),
    ],
)
def test_a_description_names_host_port_and_database_only(url, words):
    """What an operator needs to find the server, and nothing secret."""
    assert describe(make_url(url)) == words


def test_sqlite_has_a_driver_for_each_kind_of_code():
    """The fake is one file for sync and async code."""
    url = parse_database_url("sqlite:///shop.db")

    assert async_url(url).drivername == "sqlite+aiosqlite"
    assert sync_url(async_url(url)) == url
