"""The database document: what it says, that the models say it, and that it can be read back."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import (
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column

from cartsnitch_common.constants import DiscountType, Service
from cartsnitch_common.models import Base
from cartsnitch_contracts.database import loads
from cartsnitch_contracts.database.document import ForeignKey as DocumentForeignKey
from cartsnitch_contracts.database.document import Index as DocumentIndex
from cartsnitch_contracts.database.document import Sends, Sets
from cartsnitch_contracts.database.export import document, document_of, generate
from cartsnitch_contracts.drafts import outdated
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.files import package_files
from cartsnitch_migrations import head


@pytest.fixture
def models():
    """A declarative base of the test's own."""

    class Models(DeclarativeBase):
        metadata = MetaData(naming_convention=Base.metadata.naming_convention)

    return Models


def tables_of(models):
    return document_of(models, dict.fromkeys(models.metadata.tables, "api"), head="0001").tables


def test_next_json_says_what_the_models_say():
    """A change of a model is exported in the same commit."""
    stale = [path for path in outdated(package_files()) if path.startswith("database/")]

    assert not stale, f"{stale}: run 'cartsnitch contracts export' and commit what it writes"


def test_every_table_has_an_owner_and_the_owners_no_other_table():
    """The ten tables of the models, each with the service that alone writes it."""
    owners = {name: table.owner for name, table in document().tables.items()}

    assert owners == {
        "coupons": "clipartist",
        "normalized_products": "receiptwitness",
        "price_history": "receiptwitness",
        "purchase_items": "receiptwitness",
        "purchases": "receiptwitness",
        "shrinkflation_events": "shrinkray",
        "store_locations": "receiptwitness",
        "stores": "receiptwitness",
        "user_store_accounts": "receiptwitness",
        "users": "api",
    }
    assert owners.keys() == Base.metadata.tables.keys()
    assert set(owners.values()) <= set(map(str, Service))


def test_the_document_is_of_the_newest_migration():
    """It names the head that its tables belong to."""
    assert document().head == head()


def test_a_document_reads_back_as_it_was_written():
    """Text, document and text again are the same; so is the generated file."""
    text = document("1.2.3").dumps()
    again = loads(text, source="here")

    assert again.tables == document().tables
    assert (again.version, again.dumps()) == ("1.2.3", text)
    assert generate() == {"database/next.json": document().dumps()}
    assert max(map(len, text.splitlines())) < 200


def test_reading_needs_no_model():
    """A comparison of documents starts fast: neither SQLAlchemy, nor Alembic, nor Pydantic is loaded."""
    code = (
        "import sys, cartsnitch_contracts.database; "
        "print([m for m in ('sqlalchemy', 'alembic', 'pydantic', 'cartsnitch_common.models') "
        "if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_types_are_those_that_postgres_says():
    """Lengths and precision stand in the type, as format_type writes it."""
    columns = {
        f"{name}.{column}": what.type
        for name, table in document().tables.items()
        for column, what in table.columns.items()
    }

    assert columns["purchases.total"] == "numeric(10,2)"
    assert columns["purchases.receipt_id"] == "character varying(200)"
    assert columns["store_locations.lat"] == "double precision"
    assert columns["user_store_accounts.session_data"] == "jsonb"
    assert columns["coupons.scraped_at"] == "timestamp with time zone"


def test_an_enum_s_check_lists_its_values():
    """Its values are those of the StrEnum; a condition of another kind is text alone."""
    tables = document().tables
    enum = tables["coupons"].checks["ck_coupons_discount_type"]
    other = tables["shrinkflation_events"].checks["ck_shrinkflation_events_confidence"]

    assert (enum.column, enum.values) == ("discount_type", tuple(map(str, DiscountType)))
    assert tables["coupons"].values_of("discount_type") == enum.values
    assert tables["coupons"].values_of("title") == ()
    assert (other.sql, other.column, other.values) == ("confidence BETWEEN 0 AND 1", None, ())


def test_keys_and_indexes_are_told_whole(models):
    """Actions, expressions, kinds and conditions of keys and indexes are in the document."""

    class Parent(models):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    class Child(models):
        __tablename__ = "children"
        __table_args__ = (
            UniqueConstraint("name", "parent_id"),
            Index("ix_few", "name", unique=True, postgresql_where=text("parent_id > 5")),
        )
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        name: Mapped[str]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))

    child = tables_of(models)["children"]

    assert child.foreign_keys == {
        "fk_children_parent_id_parents": DocumentForeignKey(("parent_id",), "parents", ("id",), "NO ACTION")
    }
    assert {name: key.columns for name, key in child.unique.items()} == {
        "uq_children_name_parent_id": ("name", "parent_id")
    }
    assert child.indexes == {"ix_few": DocumentIndex(("name",), True, "btree", "parent_id > 5")}
    assert document().tables["users"].indexes["uq_users_email_lower"].on == ("lower(email)",)


def test_what_a_mapper_sends_depends_on_its_defaults(models):
    """A client's default is always sent, no default is NULL, and only a server's is left to the server."""

    class Row(models):
        __tablename__ = "rows"
        id: Mapped[int] = mapped_column(primary_key=True, default=1)
        needed: Mapped[str] = mapped_column(String(5))
        nothing: Mapped[str | None]
        client: Mapped[str] = mapped_column(default="c")
        both: Mapped[str] = mapped_column(default="c", server_default="s")
        server: Mapped[str] = mapped_column(server_default="it's")
        touched: Mapped[str | None] = mapped_column(onupdate="now")

    columns = tables_of(models)["rows"].columns

    assert {name: column.insert for name, column in columns.items()} == {
        "id": Sends.CLIENT,
        "needed": Sends.VALUE,
        "nothing": Sends.NULL,
        "client": Sends.CLIENT,
        "both": Sends.CLIENT,
        "server": Sends.OMITTED,
        "touched": Sends.NULL,
    }
    assert [name for name, column in columns.items() if column.update is Sets.EACH] == ["touched"]
    assert columns["server"].default == "'it''s'"


@pytest.mark.parametrize(
    "column",
    [
        mapped_column(Integer, Computed("1 + 1")),
        mapped_column(Integer, Identity()),
        deferred(mapped_column(String(5))),
        mapped_column(Integer, primary_key=True, autoincrement=True),
    ],
)
def test_a_column_that_the_document_cannot_say_is_refused(models, column):
    """What PostgreSQL makes itself would make the document wrong, so that exporting fails."""

    class Row(models):
        __tablename__ = "rows"
        key: Mapped[str] = mapped_column(primary_key=True)
        odd = column

    with pytest.raises(DocumentError, match=r"rows\.odd is computed, an identity, a serial or deferred"):
        tables_of(models)


def test_a_table_without_an_owner_is_refused(models):
    """A new table is given its owner at once."""

    class Row(models):
        __tablename__ = "rows"
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    with pytest.raises(DocumentError, match=r"'rows' has no owner.*owners\.py"):
        document_of(models, {}, head="0001")


def test_a_hand_written_document_may_be_short():
    """What is left out is empty, and a column sends what its DDL suggests."""
    short = {"tables": {"t": {"columns": {
        "a": {"type": "integer"},
        "b": {"type": "integer", "nullable": True},
        "c": {"type": "integer", "default": "0"},
    }}}}  # fmt: skip

    read = loads(json.dumps(short), source="here")

    assert (read.version, read.head, read.tables["t"].owner) == ("next", "", "")
    assert [column.insert for column in read.tables["t"].columns.values()] == [
        Sends.VALUE,
        Sends.NULL,
        Sends.OMITTED,
    ]


def one_column(column):
    return {"tables": {"t": {"columns": {"a": column}}}}


def refers_to(*target, column="a"):
    key = {"columns": [column], "table": "t", "target": list(target)}
    return {"tables": {"t": {"columns": {"a": {"type": "integer"}}, "foreign_keys": {"f": key}}}}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ([], "the document is no object"),
        ({}, "the document has no 'tables'"),
        ({"tables": []}, "'tables' in the document is not an object"),
        ({"tables": None}, "'tables' in the document is not an object"),
        ({"tables": {"t": 5}}, "the document.t is no object"),
        ({"tables": {"t": {}}}, "the document.t has no 'columns'"),
        ({"version": 1, "tables": {}}, "'version' in the document is not text"),
        (one_column({}), "the document.t.a has no 'type'"),
        (one_column({"type": None}), "'type' in the document.t.a is not text"),
        (one_column({"type": "integer", "nullable": "no"}), "'nullable' in the document.t.a is not true"),
        (one_column({"type": "integer", "insert": "maybe"}), "'maybe' is not a valid Sends"),
        ({"tables": {"t": {"columns": {}, "unique": {"u": "a"}}}}, "the document.t.u is no list of names"),
        (
            {"tables": {"t": {"columns": {}, "unique": {"u": ["a"]}}}},
            "u in the document.t is of columns",
        ),
        (refers_to("b", "a"), "f in the document.t refers to columns that are not there"),
        (refers_to("a", "a", "a"), "f in the document.t refers to columns that are not there"),
        (
            {"tables": {"t": {"columns": {}, "checks": {"c": {"column": "x", "values": [1]}}}}},
            "no list of names",
        ),
    ],
)
def test_what_is_no_document_is_told_at_its_place(raw, says):
    """The error names the file, the place and the remedy."""
    with pytest.raises(DocumentError) as caught:
        loads(raw if isinstance(raw, str) else json.dumps(raw), source="some.json")

    assert says in str(caught.value)
    assert str(caught.value).startswith("some.json is ")
    assert "contracts export" in str(caught.value)
