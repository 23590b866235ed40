"""`cartsnitch market simulate` into Parquet, and into a database."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from cartsnitch_fixtures.market import Market, load
from cartsnitch_fixtures.market.rows import COLUMNS
from cartsnitch_fixtures.market.truth_file import read_truth
from cartsnitch_fixtures.servers.postgres.address import conninfo
from simulating import begun, contents, simulate, simulated

pytestmark = pytest.mark.services

LONGER = ("--households", 40, "--weeks", 8, "--seed", 3)


def test_parquet_holds_what_receipts_hold(tmp_path):
    """With amounts as decimals, days as days, and items as a table of their own."""
    parquet = pytest.importorskip("pyarrow.parquet")
    market = Market(3, households=40, weeks=8)

    simulated(*LONGER, "--format", "parquet", "--out", tmp_path / "market")

    tables = {
        path.name: parquet.read_table(path) for path in (tmp_path / "market").iterdir() if path.is_dir()
    }
    expected = list(market.receipts())
    receipts = tables["receipts"].to_pylist()
    assert set(tables) == {"receipts", "items", "observations", "coupons", "events", "products"}
    assert [(each["receipt_id"], each["total"], each["purchased_at"]) for each in receipts] == [
        (receipt.receipt_id, receipt.total, receipt.bought_at) for receipt in expected
    ]
    paid = defaultdict(Decimal)
    for item in tables["items"].to_pylist():
        paid[item["purchase_id"]] += item["extended_price"]
    assert [paid[each["id"]] for each in receipts] == [receipt.subtotal for receipt in expected]
    seen = tables["observations"].to_pylist()[0]
    assert isinstance(seen["regular_price"], Decimal)
    assert isinstance(seen["observed_date"], date)
    assert receipts[0]["purchased_at"].tzinfo is not None
    assert receipts[0]["purchased_at"] >= datetime(2026, 3, 1, tzinfo=UTC)


def test_parquet_that_was_killed_ends_the_same_to_the_byte(tmp_path):
    """A part for each week, and no half one."""
    pytest.importorskip("pyarrow")
    arguments = (*LONGER, "--format", "parquet", "--out")
    simulated(*arguments, tmp_path / "whole")
    begun(*arguments, tmp_path / "killed", state=tmp_path / "killed" / ".unfinished")

    simulated(*arguments, tmp_path / "killed")

    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
    assert len(list((tmp_path / "whole" / "receipts").iterdir())) == 8


@pytest.fixture
def database(postgres_server):
    """A migrated database of its own."""
    with postgres_server.database() as url:
        yield url


def rows(url):
    """Every row of every table that a market fills."""
    with psycopg.connect(conninfo(url)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in COLUMNS
        }


def test_a_database_gets_the_rows_and_the_folder_the_truth(database, postgres_server, tmp_path):
    """The rows that `load` writes, and nothing else in the folder but the page."""
    market = Market(3, households=40, weeks=8)

    done = simulated(*LONGER, "--database-url", database, "--out", tmp_path / "market")

    assert done.stdout.startswith(f"{sum(1 for _ in market.receipts())} receipts are in the database.")
    assert {path.name for path in (tmp_path / "market").iterdir()} == {
        "market.json", "summary.html", "truth.json",
    }  # fmt: skip
    assert read_truth(tmp_path / "market") == market.truth
    with postgres_server.database() as other:
        load(market, other)
        assert rows(database) == rows(other)


def test_a_load_that_was_killed_goes_on(database, postgres_server, tmp_path):
    """Rows and page are those of a load that nobody killed."""
    killed = (*LONGER, "--database-url", database, "--out", tmp_path / "killed")
    begun(*killed, state=tmp_path / "killed" / ".unfinished")

    simulated(*killed)

    with postgres_server.database() as other:
        simulated(*LONGER, "--database-url", other, "--out", tmp_path / "whole")
        assert rows(database) == rows(other)
    for name in ("summary.html", "truth.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_database_that_was_emptied_is_told(database, tmp_path):
    """Whether the load was complete or not; the folder alone says nothing of the database."""
    arguments = (*LONGER, "--database-url", database, "--out", tmp_path / "market")
    simulated(*arguments)
    again = simulated(*arguments)
    with psycopg.connect(conninfo(database)) as connection:
        connection.execute("TRUNCATE price_history, purchase_items, purchases CASCADE")

    emptied = simulate(*arguments)

    assert "is complete, and nothing was left to do" in again.stdout
    assert emptied.returncode == 2
    assert "lacks the receipts of 2026-03-01, which were loaded before. Was it emptied?" in emptied.stderr


def test_another_database_does_not_belong_to_the_folder(database, postgres_server, tmp_path):
    """It would have no rows, and a page that says it has."""
    simulated(*LONGER, "--database-url", database, "--out", tmp_path / "market")

    with postgres_server.database() as other:
        done = simulate(*LONGER, "--database-url", other, "--out", tmp_path / "market")

    assert done.returncode == 2
    assert "holds another simulation: database PostgreSQL" in done.stderr


def test_a_database_without_tables_says_how_to_make_them(postgres_server, tmp_path):
    """And one that does not answer, that it does not; no password is told."""
    with postgres_server.empty_database() as url:
        empty = simulate("--database-url", url, "--out", tmp_path / "one")
    away = simulate("--database-url", "postgresql://me:s3cret@127.0.0.1:1/x", "--out", tmp_path / "two")

    assert (empty.returncode, away.returncode) == (2, 2)
    assert "has no tables yet. Run: cartsnitch db upgrade" in empty.stderr
    assert "PostgreSQL 127.0.0.1, port 1, database x does not answer" in away.stderr
    assert "s3cret" not in away.stderr
    assert "Traceback" not in empty.stderr + away.stderr
