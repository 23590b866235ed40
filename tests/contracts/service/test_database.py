"""What a service promises about the database, checked on a real one and on services that break it."""

import sys
from datetime import date

import pytest
from sqlalchemy import create_engine, text

from cartsnitch_contracts.service.config import load
from cartsnitch_contracts.service.database import (
    check_allowance,
    check_grants,
    check_migrations,
    check_schema,
    promises,
)
from cartsnitch_contracts.service.promise import BrokenPromise, Untested

ANEW = """
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

metadata = MetaData()
baskets = Table("baskets", metadata, Column("id", Integer, primary_key=True))

class Base(DeclarativeBase):
    pass

class Store(Base):
    __tablename__ = "stores"
    id: Mapped[int] = mapped_column(primary_key=True)

def on_prices_updated(event): ...
"""
GOOD = """
from cartsnitch_common.models import Base, Coupon, Store
from sqlalchemy import column, table

light = table("stores", column("slug"))
stores = Store.__table__

def on_prices_updated(event): ...
"""
CONSUMES = '[tool.cartsnitch.consumes]\n"cartsnitch.prices.updated" = "{}:on_prices_updated"\n'
ALLOW = """
[tool.cartsnitch.database]
allow = [
    {table = "stores", access = "read", reason = "no call yet", expires = 2026-12-31},
]
"""


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """A service's declaration, with the source of its handlers in a module of this test's own."""
    monkeypatch.syspath_prepend(tmp_path)

    def declare(toml="", *, handlers=None, service="clipartist"):
        text = f'[tool.cartsnitch]\nservice = "{service}"\n{toml}'
        if handlers is not None:
            name = f"handlers_{abs(hash(handlers)) % 10**8}"
            (tmp_path / f"{name}.py").write_text(handlers, encoding="utf-8")
            text += CONSUMES.format(name)
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        return load(tmp_path / "pyproject.toml")

    before = set(sys.modules)
    yield declare
    for name in set(sys.modules) - before:
        if name.startswith("handlers_"):
            del sys.modules[name]


def test_each_service_promises_schema_grants_and_no_migrations(declare):
    """And that each exception is still needed, which its owner has an interest in."""
    found = list(promises(declare(ALLOW)))

    assert [(each.name, each.subject, each.counterpart) for each in found] == [
        ("schema", "schema", "-"),
        ("grants", "grants", "-"),
        ("migrations", "no migrations", "-"),
        ("allow-stores", "allow-list", "ReceiptWitness"),
    ]
    assert [each.needs for each in found] == [("migrations",), ("roles",), (), ()]


def test_a_service_without_a_database_promises_nothing_of_it(declare):
    """It says so, and its tests need no Postgres."""
    assert not list(promises(declare("database = {use = false}")))


def test_the_models_fit_the_migrated_schema(declare, database_url):
    """A service that uses them as they are keeps the promise, also under other names."""
    check_schema(declare(handlers=GOOD), database_url)


def test_a_database_that_is_not_as_the_models_say_breaks_it(declare, database_url):
    """What differs is told."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE coupons ADD COLUMN colour text"))
    engine.dispose()

    with pytest.raises(BrokenPromise, match=r"clipartist does not fit the migrated schema.*\n.*colour"):
        check_schema(declare(), database_url)


def test_a_table_of_its_own_breaks_it(declare, database_url):
    """Whether it is one of ours anew, or one that no migration makes; however it is declared."""
    with pytest.raises(BrokenPromise) as broken:
        check_schema(declare(handlers=ANEW), database_url)

    assert broken.match(r"handlers_\d+ defines baskets, which no migration of cartsnitch-common makes")
    assert broken.match(r"handlers_\d+ defines stores anew: import its model from cartsnitch_common.models")


@pytest.mark.parametrize(
    ("toml", "promise"),
    [
        (CONSUMES.format("no_such_module"), "consumes[cartsnitch.prices.updated]"),
        ('app = "no_such_module:app"', "serves"),
    ],
)
def test_without_its_modules_nothing_is_known_of_its_tables(declare, toml, promise):
    """They cannot be imported, and another promise says why."""
    with pytest.raises(Untested) as untested:
        check_schema(declare(toml), "postgresql:///no_such_database")

    assert str(untested.value) == f"no_such_module cannot be imported, see {promise}"


def test_a_role_with_other_grants_breaks_it(declare, database_url):
    """As whoever owns the database, who may do everything."""
    with pytest.raises(BrokenPromise) as broken:
        check_grants(declare(), database_url)

    assert "it may DELETE, INSERT, SELECT, UPDATE stores, which is ReceiptWitness's" in str(broken.value)
    assert "it may CREATE tables" in str(broken.value)
    assert "coupons" not in str(broken.value)


def test_a_role_that_lacks_grants_breaks_it(declare, postgres_server):
    """One that may read its own table alone is told what it may not."""
    engine = None
    with postgres_server.database() as url:
        admin = create_engine(url)
        with admin.begin() as connection:
            connection.execute(text("CREATE ROLE reader LOGIN; GRANT SELECT ON coupons TO reader"))
        engine = create_engine(admin.url.set(username="reader"))

        with pytest.raises(BrokenPromise, match="it may not DELETE, INSERT, UPDATE coupons"):
            check_grants(declare(), engine.url.render_as_string(hide_password=False))

        with admin.begin() as connection:
            connection.execute(text("DROP OWNED BY reader; DROP ROLE reader"))
        admin.dispose()


@pytest.mark.parametrize(
    ("file", "source", "said"),
    [
        ("alembic.ini", "[alembic]", "alembic.ini configures Alembic"),
        ("db/versions/0001_x.py", "from alembic import op\ndef upgrade(): ...", "0001_x.py is a migration"),
        ("sql/init.sql", "create table carts (id int);", "init.sql makes a table"),
        ("pyproject.toml", "[tool.alembic]\nscript_location = 'x'", "configures Alembic, in"),
    ],
)
def test_migrations_of_its_own_break_it(declare, file, source, said):
    """However they are made; what an environment or a build holds is not the service's."""
    declared = declare()
    check_migrations(declared)
    for folder in (".venv", "build"):
        (declared.folder / folder).mkdir()
        (declared.folder / folder / "alembic.ini").write_text("", encoding="utf-8")
    check_migrations(declared)

    path = declared.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(source)

    with pytest.raises(BrokenPromise, match=f"carries migrations of its own(?s:.*){said}"):
        check_migrations(declared)


@pytest.mark.parametrize(
    ("today", "states", "said"),
    [
        (date(2026, 6, 1), None, None),
        (date(2026, 6, 1), '["stores"]', None),
        (date(2027, 1, 1), None, "pyproject.toml:6: stores was allowed until 2026-12-31: no call yet"),
        (date(2026, 6, 1), '["coupons"], "complete": false', None),
        (date(2026, 6, 1), '["coupons"]', "pyproject.toml:6: stores is not read any more"),
    ],
)
def test_an_exception_ends_on_its_day_or_once_it_is_of_no_use(declare, today, states, said):
    """What the service states of itself tells whether it still reads the table."""
    declared = declare(ALLOW)
    if states:
        (declared.folder / "contracts").mkdir()
        statement = f'{{"service": "clipartist", "version": "1.0.0", "tables": {{"reads": {states}}}}}'
        (declared.folder / "contracts/clipartist.json").write_text(statement, encoding="utf-8")

    if said is None:
        check_allowance(declared, declared.database.allow[0], today)
        return
    with pytest.raises(BrokenPromise, match=f"^{said}"):
        check_allowance(declared, declared.database.allow[0], today)
