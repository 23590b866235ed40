"""A Postgres server of somebody else's, with databases whose rows must never change."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from cartsnitch_fixtures.servers.embedded.account import server_account
from cartsnitch_fixtures.servers.embedded.binaries import find_postgres, reachable_postgres
from cartsnitch_fixtures.servers.embedded.cluster import SETTINGS, SUPERUSER, Address, running_cluster
from cartsnitch_fixtures.servers.embedded.rundir import private_directory
from cartsnitch_fixtures.servers.embedded.template import ROOM, TEMPLATE, TemplateCluster
from cartsnitch_fixtures.servers.postgres.admin import Admin
from cartsnitch_fixtures.servers.postgres.marks import write_mark

OLD_RUN = "0000abcd"
OLD_NAME = f"cartsnitch_test_{OLD_RUN}_1"
PASSWORD = "s3cret-Word"
REPLICATED = {"wal_level": "replica"}
SHOP = """
    CREATE SCHEMA stock;
    CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, total numeric(10, 2));
    CREATE TABLE stock.items (upc text PRIMARY KEY, facts jsonb);
    INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 50) n;
    INSERT INTO orders (customer, total) SELECT 1 + n % 50, n / 7.0 FROM generate_series(1, 200) n;
    INSERT INTO stock.items SELECT n::text, jsonb_build_object('count', n) FROM generate_series(1, 100) n;
"""
ACCOUNTS = (
    "INSERT INTO users (email, hashed_password) SELECT n || '@example.com', 'x' FROM generate_series(1, 30) n"
)
TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""
CATALOGUE = """
    SELECT datname, oid, shobj_description(oid, 'pg_database'), datallowconn FROM pg_database ORDER BY oid
"""


class Somebody:
    """The server; `user` may log in to it, make databases, and needs the password."""

    user = "visitor"

    def __init__(self, address: Address) -> None:
        self.address = address

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str = "") -> str:
        """A URL as somebody would write it."""
        login = f"{user}:{password}" if password else user
        return f"postgresql://{login}@/{database}?host={quote(str(self.address.folder))}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of its owner's."""
        return psycopg.connect(self.address.conninfo(database), autocommit=True)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run one statement, or several without results, as its owner."""
        with closing(self.connect(database)) as connection:
            result = connection.execute(statement)
            return result.fetchall() if result.description else []

    def make_shop(self, name: str = "shop") -> None:
        """A database with rows in several tables."""
        self.execute(f'CREATE DATABASE "{name}"')
        self.execute(SHOP, name)

    def make_accounts(self, name: str = "cartsnitch") -> None:
        """A database of the service itself: the kit's own schema, with people in it."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        self.execute(ACCOUNTS, name)

    def make_visitor(self, rights: str = "CREATEDB") -> None:
        """A role that must say its password."""
        self.execute(f"CREATE ROLE {self.user} LOGIN {rights} PASSWORD '{PASSWORD}'")
        self.prepend_to_hba(f"local all {self.user} scram-sha-256")

    def sign(self, name: str, *, make: bool = False) -> None:
        """Give a database the signature of a run that is gone."""
        if make:
            self.execute(f"CREATE DATABASE {name}")
        with Admin(self.address.conninfo("postgres")) as admin:
            write_mark(admin, name, OLD_RUN)

    def prepend_to_hba(self, line: str) -> None:
        """Let a rule come first that says who may log in."""
        hba = self.address.folder.parent / "data" / "pg_hba.conf"
        hba.write_text(f"{line}\n{hba.read_text()}")
        self.execute("SELECT pg_reload_conf()")

    def databases(self) -> dict[str, str | None]:
        """The comment of each database, by its name."""
        return {name: comment for name, _, comment, _ in self.execute(CATALOGUE)}

    def checksums(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """How many rows each table of each database has, and the sum of their hashes."""
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for name, _, _, connectable in self.execute(CATALOGUE):
            if connectable:
                with closing(self.connect(name)) as connection:
                    found |= {(name, *table): _sum(connection, table) for table in connection.execute(TABLES)}
        return found

    def catalogue(self) -> list[tuple]:
        """Every database with its oid and comment, every role and setting: what any write would change."""
        return [
            *self.execute(CATALOGUE),
            *self.execute("SELECT rolname, rolconfig FROM pg_roles ORDER BY oid"),
        ]


def _sum(connection: psycopg.Connection, table: tuple[str, str]) -> tuple[int, int]:
    query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t")
    return connection.execute(query.format(sql.Identifier(*table))).fetchone()


@contextmanager
def somebodys_server(
    settings: Mapping[str, str] = {}, *, standby: bool = False, bin_dir: Path | None = None
) -> Iterator[Somebody]:
    """Run one, with settings of its own; as a `standby`, with a shop, it takes no writes."""
    account = server_account()
    with (
        reachable_postgres(find_postgres(bin_dir), account) as binaries,
        private_directory(account, room=ROOM) as folder,
        ExitStack() as stack,
    ):
        TemplateCluster(binaries, account).copy_to(folder / "data")
        if standby:
            with running_cluster(
                binaries, folder, account=account, stop=signal.SIGINT, settings=SETTINGS | settings
            ) as address:
                Somebody(address).make_shop()
            (folder / "data" / "standby.signal").touch()
        running = running_cluster(binaries, folder, account=account, settings=SETTINGS | settings)
        yield Somebody(stack.enter_context(running))
