"""The tables of a market that is loaded: COPY beside psycopg's own, and a year of a thousand households."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import psycopg
from psycopg import sql

from benchmarks.isolation.report import Grid
from cartsnitch_fixtures.market import Market
from cartsnitch_fixtures.market.copying import encode, write_texts
from cartsnitch_fixtures.market.loading import open_loader
from cartsnitch_fixtures.market.rows import COLUMNS, Row, nightly_rows, standing_rows
from cartsnitch_fixtures.market.storing import Night, nights
from cartsnitch_fixtures.servers.postgres import PostgresServer, embedded_postgres
from cartsnitch_fixtures.servers.postgres.address import conninfo

ROUNDS = 7
HOUSEHOLDS, WEEKS = 300, 4
"""Of the market whose rows are copied."""
BIG = 1000, 52
"""Households and weeks of the one that is simulated and loaded."""
LEAST, SECONDS, MEGABYTES = 0.85, 60, 500
BARE = "psycopg: `copy.write_row` for each row, ready-made"
READY = "ours, the same rows ready-made"
OURS = "ours, the rows made of receipts meanwhile (`load`)"

type Ready = list[dict[str, list[Row]]]
type Way = Callable[[psycopg.Connection], None]


def loading_tables(
    households: int = HOUSEHOLDS, weeks: int = WEEKS, *, big: tuple[int, int] = BIG, rounds: int = ROUNDS
) -> Iterator[Grid]:
    """The rate of COPY, then the market as a whole."""
    with embedded_postgres() as server:
        yield _copying(server, households, weeks, rounds)
        yield _whole(server, *big)


def _copying(server: PostgresServer, households: int, weeks: int, rounds: int) -> Grid:
    market = Market(seed=1, households=households, weeks=weeks)
    standing = [(table, encode(rows)) for table, rows in standing_rows(market)]
    stored = list(nights(market))
    ready = [nightly_rows(night) for night in stored]
    count = sum(len(rows) for night in ready for rows in night.values())
    ways: dict[str, Way] = {
        BARE: lambda connection: _bare(connection, ready),
        READY: lambda connection: _ready(connection, ready),
        OURS: lambda connection: _ours(connection, market, stored),
    }
    seconds: dict[str, list[float]] = {label: [] for label in ways}
    for number in range(rounds):
        for label in ways if number % 2 else reversed(ways):
            seconds[label].append(_time(server, standing, ways[label], count))
    grid = Grid("A market into Postgres by COPY", ("", "rows a second", "of psycopg's rate", "target", ""))
    for label, times in seconds.items():
        ratio = median(bare / each for bare, each in zip(seconds[BARE], times, strict=True))
        verdict = [f">= {LEAST}", _met(ratio >= LEAST)] if label == OURS else ["", ""]
        grid.rows.append([label, f"{count / median(times):,.0f}", f"{ratio:.2f}", *verdict])
    grid.note = (
        f"Medians of {rounds} rounds in which all took turns, each into a new database of the embedded "
        f"server: {count:,} rows of purchases, items and prices, {households} households over {weeks} weeks, "
        "a transaction for each night. All write the same rows under all keys, checks and indexes of the "
        f"schema. In the last minute {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors were busy."
    )
    return grid


def _time(server: PostgresServer, standing: list[tuple[str, bytes]], way: Way, count: int) -> float:
    with server.database() as url, psycopg.connect(conninfo(url), autocommit=True) as connection:
        write_texts(connection, standing)
        start = time.perf_counter()
        way(connection)
        took = time.perf_counter() - start
        found = connection.execute(
            "SELECT (SELECT count(*) FROM purchases) + (SELECT count(*) FROM purchase_items)"
            " + (SELECT count(*) FROM price_history)"
        ).fetchone()
        assert found == (count,)
        return took


def _bare(connection: psycopg.Connection, ready: Ready) -> None:
    for night in ready:
        with connection.transaction(), connection.cursor() as cursor:
            for table, rows in night.items():
                columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
                query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
                with cursor.copy(query) as copy:
                    for row in rows:
                        copy.write_row(row)


def _ready(connection: psycopg.Connection, ready: Ready) -> None:
    for night in ready:
        write_texts(connection, ((table, encode(rows)) for table, rows in night.items()))


def _ours(connection: psycopg.Connection, market: Market, stored: list[Night]) -> None:
    with open_loader(market, connection) as loader:
        for night in stored:
            loader.write(night)
        loader.wait()


def _whole(server: PostgresServer, households: int, weeks: int) -> Grid:
    with server.database() as url:
        command = [sys.executable, "-m", "benchmarks.receipts.big_market", url, str(households), str(weeks)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        with psycopg.connect(conninfo(url)) as connection:
            lines = connection.execute("SELECT count(*) FROM purchase_items").fetchone()
    seconds, megabytes = found["seconds"], found["peak"] / 1e6
    grid = Grid(f"{households:,} households over {weeks} weeks, simulated and loaded", ("", "", "target", ""))
    grid.rows += [
        ["seconds", f"{seconds:.1f}", f"<= {SECONDS}", _met(seconds <= SECONDS)],
        [
            "peak memory, MB",
            f"{megabytes:.0f}",
            f"<= {MEGABYTES}",
            "met" if megabytes <= MEGABYTES else "MISSED",
        ],
        ["receipts a second", f"{found['receipts'] / seconds:,.0f}", "", ""],
    ]
    grid.note = (
        f"One run in a process of its own: {found['receipts']:,} receipts with {lines[0] if lines else 0:,} "
        "items. Memory is that process's, without the server's."
    )
    return grid


def _met(it_is: bool) -> str:
    return "met" if it_is else "MISSED"
