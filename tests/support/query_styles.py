"""Queries of a service, by whichever way they go to the database."""

import asyncio
import io
from contextlib import contextmanager

import asyncpg
import psycopg
from sqlalchemy import create_engine, func, insert, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session, aliased

from cartsnitch_common.models import NormalizedProduct, PriceHistory, Store


@contextmanager
def opened(url):
    """A transaction."""
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def by_columns(url):
    with opened(url) as connection, Session(connection) as session:
        return session.execute(select(Store.name).where(Store.slug == "meijer")).all()


def by_entity(url):
    with opened(url) as connection, Session(connection) as session:
        return session.scalars(select(Store)).all()


def by_an_alias_and_a_join(url):
    price = aliased(PriceHistory)
    product = NormalizedProduct
    query = select(price.regular_price).join(product, product.id == price.normalized_product_id)
    with opened(url) as connection, Session(connection) as session:
        return session.execute(query.order_by(product.canonical_name)).all()


def by_counting(url):
    with opened(url) as connection, Session(connection) as session:
        return session.scalar(select(func.count()).select_from(Store))


def by_inserting(url):
    with opened(url) as connection:
        connection.execute(insert(Store).values(name="A", slug="meijer"))


def by_updating(url):
    with opened(url) as connection:
        connection.execute(update(Store).where(Store.slug == "x").values(name="B"))


def by_text(url):
    with opened(url) as connection:
        return connection.execute(
            text("SELECT name FROM stores AS s WHERE s.slug = :slug"), {"slug": "x"}
        ).all()


def by_a_view(url):
    with opened(url) as connection:
        connection.execute(text("CREATE TEMPORARY VIEW shops AS SELECT name FROM stores"))
        return connection.execute(text("SELECT * FROM shops")).all()


def by_psycopg(url):
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT name FROM stores WHERE slug = %s", ("x",)).fetchall()


async def by_async_sqlalchemy(url):
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = (await connection.execute(select(Store.name))).all()
    await engine.dispose()
    return found


async def by_asyncpg(url):
    connection = await asyncpg.connect(url.replace("+psycopg", ""))
    try:
        return await connection.fetch("SELECT name FROM stores WHERE slug = $1", "x")
    finally:
        await connection.close()


async def by_copying_a_table(url):
    connection = await asyncpg.connect(url.replace("+psycopg", ""))
    try:
        return await connection.copy_from_table("stores", output=io.BytesIO())
    finally:
        await connection.close()


async def by_copying_a_query(url):
    connection = await asyncpg.connect(url.replace("+psycopg", ""))
    try:
        return await connection.copy_from_query("SELECT name FROM stores", output=io.BytesIO())
    finally:
        await connection.close()


async def by_another_thread(url):
    with opened(url) as connection:
        return (await asyncio.to_thread(connection.execute, text("SELECT name FROM stores"))).all()
