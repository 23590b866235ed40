"""Which tables and columns a service's statements use, on a real Postgres and by their text."""

import asyncio
import inspect
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import query_styles
from cartsnitch_common.models import Base
from cartsnitch_contracts.diff.consumers import Read
from cartsnitch_contracts.service.recording import Recorder
from cartsnitch_contracts.service.recording.sqltext import Reading

SCHEMA = {table.name: tuple(table.columns.keys()) for table in Base.metadata.tables.values()}
PURCHASES = len(SCHEMA["purchases"])
STORES = sorted(SCHEMA["stores"])
QUERIES = [
    (query_styles.by_columns, {"stores": ["name", "slug"]}, ()),
    (query_styles.by_entity, {"stores": STORES}, ()),
    (
        query_styles.by_an_alias_and_a_join,
        {
            "normalized_products": ["canonical_name", "id"],
            "price_history": ["id", "normalized_product_id", "regular_price"],
        },
        (),
    ),
    (query_styles.by_counting, {"stores": []}, ()),
    (query_styles.by_inserting, {}, ("stores",)),
    (query_styles.by_updating, {"stores": ["name", "slug", "updated_at"]}, ("stores",)),
    (query_styles.by_text, {"stores": ["name", "slug"]}, ()),
    (query_styles.by_psycopg, {"stores": ["name", "slug"]}, ()),
    (query_styles.by_async_sqlalchemy, {"stores": ["name"]}, ()),
    (query_styles.by_asyncpg, {"stores": ["name", "slug"]}, ()),
    (query_styles.by_copying_a_table, {"stores": STORES}, ()),
    (query_styles.by_copying_a_query, {"stores": STORES}, ()),
]


@pytest.fixture
def recorder():
    """Of a service whose code is the queries'."""
    recorder = Recorder("stickershock", [Path(query_styles.__file__)])
    with recorder.recording():
        yield recorder


@pytest.mark.parametrize(("run", "reads", "writes"), QUERIES, ids=lambda each: getattr(each, "__name__", ""))
def test_what_a_query_reads_is_named(recorder, database_url, run, reads, writes):
    """Whoever wrote the statement, and whichever driver takes it; with the line of the service."""
    result = run(database_url)
    if inspect.isawaitable(result):
        asyncio.run(result)

    found = recorder.statements
    assert {table: [each.field for each in each_of] for table, each_of in found.columns.items()} == reads
    assert (found.reads, found.writes) == (tuple(sorted(reads)), writes)
    lines = {each.at for each_of in found.columns.values() for each in each_of}
    assert all(str(line).startswith("query_styles.py:") for line in lines)


def test_a_statement_that_nobody_is_seen_to_send_counts(recorder, database_url):
    """In another thread none of the service's code is left: the columns are read, nobody can say where."""
    asyncio.run(query_styles.by_another_thread(database_url))

    assert recorder.statements.columns == {"stores": (Read("name", None),)}


def test_a_table_that_is_none_may_be_anything(recorder, database_url):
    """A view, say: the tables are left out of the statement, so that all count as read."""
    query_styles.by_a_view(database_url)

    assert recorder.statements.reads is None


def test_what_a_test_asks_does_not_count(recorder, database_url):
    """The service does not ask it."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT name FROM stores"))
    engine.dispose()

    assert recorder.statements.reads == ()


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("SELECT total FROM purchases", 1),
        ('SELECT "total" FROM "public"."purchases"', 1),
        ("SELECT * FROM purchases", PURCHASES),
        ("SELECT p.* FROM purchases p", PURCHASES),
        ("SELECT p FROM purchases p", PURCHASES),
        ("SELECT purchases FROM purchases", PURCHASES),
        ("SELECT to_jsonb(p) FROM purchases AS p", PURCHASES),
        ("SELECT row_to_json(purchases) FROM purchases", PURCHASES),
        ("SELECT array_agg(x) FROM (SELECT total FROM purchases) AS x", PURCHASES),
        ("SELECT count(*) FROM purchases", 0),
        ("SELECT total * 2 FROM purchases", 1),
        ("TABLE purchases", PURCHASES),
        ("COPY purchases TO STDOUT", PURCHASES),
        ("SELECT 1 FROM purchases NATURAL JOIN stores", PURCHASES),
        ("WITH t AS (SELECT total FROM purchases) SELECT total FROM t", 1),
        ("SELECT extract(year FROM purchase_date) FROM purchases FOR UPDATE SKIP LOCKED", 1),
        ("SELECT total IS DISTINCT FROM tax FROM purchases", 2),
        ("SELECT '--', total FROM purchases", 1),
        ("SELECT total -- and no more: *\n FROM purchases", 1),
        ("SELECT -- everything\n * FROM purchases", PURCHASES),
        ("SELECT /* everything */ * FROM purchases", PURCHASES),
        ("SELECT total FROM purchases WHERE receipt_id = 'a/*' AND tax > 0", 3),
        (r"SELECT E'\'--', total FROM purchases", 1),
        ("SELECT $a$--$a$, total FROM purchases", 1),
        ("SELECT '--' AS \"--\", total FROM purchases", 1),
        ("SELECT DISTINCT ON (store_id) * FROM purchases", PURCHASES),
        ("SELECT DISTINCT ON (lower((receipt_id))) p FROM purchases p", PURCHASES),
        ("SELECT DISTINCT ON (store_id) total FROM purchases", 2),
        ("SELECT CASE WHEN total > 1 THEN p END FROM purchases p", PURCHASES),
        ("SELECT CASE WHEN p.total > 1 THEN p.tax ELSE p.total END FROM purchases p", 2),
        ("SELECT total FROM purchases p WHERE p IS NOT NULL", PURCHASES),
        ("SELECT total FROM purchases p WHERE NOT EXISTS (SELECT 1) ORDER BY p", PURCHASES),
        ("SELECT total FROM purchases p JOIN stores s ON s.slug = p.store_id WHERE p.tax > 0", 3),
        ("INSERT INTO stores TABLE purchases", PURCHASES),
        ("(TABLE purchases)", PURCHASES),
        ("SELECT id FROM stores UNION ALL TABLE purchases", PURCHASES),
        ("SELECT 1 FROM stores WHERE EXISTS (SELECT 1 FROM purchases WHERE total > 0)", 1),
        ("DELETE FROM purchases WHERE receipt_id = %s", 1),
        ("INSERT INTO purchases (total) VALUES (%(total)s) RETURNING tax", 1),
        ("INSERT INTO stores (name) SELECT receipt_id FROM purchases", 1),
    ],
)
def test_the_columns_are_told_by_the_text(statement, columns):
    """Rather too many than too few; nothing about these is unknown."""
    found = Reading(SCHEMA).uses(statement)

    assert len(found.reads["purchases"]) == columns
    assert not found.unknown


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM a_view",
        "SELECT s.name FROM stores s, a_view v",
        "SELECT 1 FROM stores JOIN a_view ON true",
        "SELECT 1 FROM LATERAL a_view",
        'SELECT 1 FROM "A View"',
        "CALL a_procedure()",
        "DO $$ BEGIN END $$",
        "EXECUTE prepared",
        "TABLE a_view",
        "UPDATE stores SET name = v.name FROM a_view v",
        "DELETE FROM stores USING a_view",
        "SELECT /* one /* in another */ */ * FROM stores",
    ],
)
def test_what_cannot_be_told_is_unknown(statement):
    """A view may read any table."""
    assert Reading(SCHEMA).uses(statement).unknown


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "BEGIN",
        "SELECT pg_notify('a', 'b')",
        "SELECT relname FROM pg_catalog.pg_class",
        "SELECT n FROM generate_series(1, 3) AS n",
        "SET search_path TO public",
        "-- SELECT name FROM stores",
        "",
    ],
)
def test_what_reads_no_table_reads_none(statement):
    """Catalogues and functions of the server are nobody's."""
    found = Reading(SCHEMA).uses(statement)

    assert (dict(found.reads), found.unknown) == ({}, False)
