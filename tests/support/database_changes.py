"""Changes of a small schema: its models before and after, and the DDL that leads from one to the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from cartsnitch_common.models import Base
from cartsnitch_contracts.diff.report import Order

type Edit = Callable[[dict[str, dict[str, Any]]], None]
ANY, MIGRATE, SERVICES, NONE = Order.ANY, Order.READERS_FIRST, Order.WRITERS_FIRST, Order.TOGETHER


def world(edits: Iterable[Edit] = ()) -> type[DeclarativeBase]:
    """Models of three tables, with some edits: shops, their receipts, and the lines of these."""
    key = {"primary_key": True, "autoincrement": False}
    tables: dict[str, dict[str, Any]] = {
        "shops": {
            "id": mapped_column(Integer, **key),
            "slug": mapped_column(String(10), nullable=False),
            "args": [UniqueConstraint("slug")],
        },
        "receipts": {
            "id": mapped_column(Integer, **key),
            "shop_id": mapped_column(ForeignKey("shops.id", ondelete="RESTRICT"), nullable=False),
            "number": mapped_column(String(8), nullable=False),
            "note": mapped_column(String(8)),
            "total": mapped_column(Numeric(5, 2), nullable=False),
            "state": mapped_column(String(8), nullable=False, server_default="new"),
            "args": [UniqueConstraint("shop_id", "number"), words("state", "new", "done")],
        },
        "lines": {
            "id": mapped_column(Integer, **key),
            "receipt_id": mapped_column(ForeignKey("receipts.id", ondelete="CASCADE"), nullable=False),
            "args": [],
        },
    }
    for edit in edits:
        edit(tables)

    class Models(DeclarativeBase):
        metadata = MetaData(naming_convention=Base.metadata.naming_convention)

    def model(name: str, parts: dict[str, Any]) -> type:
        columns = {key: value for key, value in parts.items() if key != "args"}
        return type(
            name.title(),
            (Models,),
            {"__tablename__": name, "__table_args__": tuple(parts["args"]), **columns},
        )

    # The registry alone would let them go.
    Models.all = [model(name, parts) for name, parts in tables.items()]
    return Models


def words(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def put(table: str, column: str, *args: Any, **kw: Any) -> Edit:
    """Give a table a column, or another instead of the one of that name."""

    def edit(tables: dict[str, dict[str, Any]]) -> None:
        made = [
            ForeignKey(each[1:], ondelete=kw.get("ondelete")) if isinstance(each, str) else each
            for each in args
        ]
        tables[table][column] = mapped_column(*made, **{k: v for k, v in kw.items() if k != "ondelete"})

    return edit


def cut(table: str, column: str) -> Edit:
    return lambda tables: tables[table].pop(column)


def add(table: str, make: Callable[[], Any]) -> Edit:
    """Give a table a constraint or an index."""
    return lambda tables: tables[table]["args"].append(make())


def bare(table: str) -> Edit:
    """Take all constraints and indexes of a table away, but for keys that stand at columns."""
    return lambda tables: tables[table]["args"].clear()


def table(name: str, **columns: Callable[[], Any]) -> Edit:
    def edit(tables: dict[str, dict[str, Any]]) -> None:
        made = {column: make() for column, make in columns.items()}
        tables[name] = {
            "id": mapped_column(Integer, primary_key=True, autoincrement=False),
            **made,
            "args": [],
        }

    return edit


@dataclass(frozen=True)
class Case:
    """A change.

    Attributes:
        name: what is done.
        rules: the findings to expect, in either order of the two versions.
        orders: the safe order of the change, and that of its reverse.
        ddl: what leads from the one to the other.
        old, new: edits of the small schema.
        undecided: nothing fails, and the documents cannot tell so.
    """

    name: str
    rules: tuple[str, str]
    orders: tuple[Order, Order]
    ddl: tuple[str, ...]
    new: tuple[Edit, ...]
    old: tuple[Edit, ...] = ()
    undecided: bool = False


def case(name, rule, reverse, orders, ddl, *new, old=(), undecided=False):
    ddl = (ddl,) if isinstance(ddl, str) else ddl
    return Case(name, (rule, reverse), orders, tuple(ddl), (*old, *new), tuple(old), undecided)


ALTER = "ALTER TABLE receipts "
COLUMN = "column-added", "column-removed", (MIGRATE, SERVICES)
NEEDED = "column-required", "column-removed", (NONE, NONE)
REQUIRED = "column-made-required", "column-made-nullable"
DEFAULT = "column-default-removed", "column-default-added"
NARROW = "column-narrowed", "column-widened"
TYPE = "column-type-changed", "column-type-changed"
CHECK = "check-added", "check-removed"
UNIQUE = "unique-added", "unique-removed"
FOREIGN = "foreign-key-added", "foreign-key-removed"
ACTION = "foreign-key-action-changed", "foreign-key-action-changed"
INDEX = "index-added", "index-removed"
S, M = SERVICES, MIGRATE
STATE = {"nullable": False, "server_default": "new"}


def retype(name, rules, orders, before, after, *, sql, using="", values=None, undecided=False, **kw):
    """The column `thing` of the receipts has another type."""
    old = [put("receipts", "thing", before, **kw)]
    if values:
        old.append(add("receipts", lambda: words("thing", *values)))
    cast = f" USING {using}" if using else ""
    ddl = [f"{ALTER} ALTER thing TYPE {sql}{cast}"]
    if values:  # PostgreSQL keeps what the CHECK was once made from
        listed = ", ".join(f"'{value}'" for value in values)
        ddl.append(f"{ALTER} DROP CONSTRAINT ck_receipts_thing")
        ddl.append(f"{ALTER} ADD CONSTRAINT ck_receipts_thing CHECK (thing IN ({listed}))")
    return case(
        name, *rules, orders, ddl, put("receipts", "thing", after, **kw), old=old, undecided=undecided
    )


CHANGES = [
    # -- columns come and go
    case(
        "a column that may be NULL",
        *COLUMN,
        f"{ALTER} ADD memo varchar(5)",
        put("receipts", "memo", String(5)),
    ),
    case(
        "a column with the server's default",
        *COLUMN,
        f"{ALTER} ADD memo varchar(5) NOT NULL DEFAULT 'x'",
        put("receipts", "memo", String(5), nullable=False, server_default="x"),
    ),
    case(
        "a column with both defaults",
        *COLUMN,
        f"{ALTER} ADD memo varchar(5) NOT NULL DEFAULT 'x'",
        put("receipts", "memo", String(5), nullable=False, server_default="x", default="y"),
    ),
    case(
        "a column that needs a value",
        *NEEDED,
        f"{ALTER} ADD memo varchar(5) NOT NULL",
        put("receipts", "memo", String(5), nullable=False),
    ),
    case(
        "a column with the client's default alone",
        *NEEDED,
        f"{ALTER} ADD memo varchar(5) NOT NULL",
        put("receipts", "memo", String(5), nullable=False, default="y"),
    ),
    case(
        "a column whose default keeps its condition",
        *COLUMN,
        [
            f"{ALTER} ADD mood varchar(5) NOT NULL DEFAULT 'ok'",
            f"{ALTER} ADD CONSTRAINT ck_receipts_mood CHECK (mood IN ('ok', 'bad'))",
        ],
        put("receipts", "mood", String(5), nullable=False, server_default="ok"),
        add("receipts", lambda: words("mood", "ok", "bad")),
    ),
    case(
        "a column whose default does not keep its condition",
        "column-added",
        "column-removed",
        (NONE, NONE),
        [
            f"{ALTER} ADD mood varchar(5) NOT NULL DEFAULT 'x'",
            f"{ALTER} ADD CONSTRAINT ck_receipts_mood CHECK (mood IN ('ok', 'bad'))",
        ],
        put("receipts", "mood", String(5), nullable=False, server_default="x", default="ok"),
        add("receipts", lambda: words("mood", "ok", "bad")),
    ),
    case(
        "a unique column that may be NULL",
        *COLUMN,
        [f"{ALTER} ADD code integer", f"{ALTER} ADD CONSTRAINT uq_receipts_code UNIQUE (code)"],
        put("receipts", "code", Integer),
        add("receipts", lambda: UniqueConstraint("code")),
    ),
    case(
        "a unique column with a constant default",
        "column-added",
        "column-removed",
        (NONE, NONE),
        [
            f"{ALTER} ADD code integer NOT NULL DEFAULT 1",
            f"{ALTER} ADD CONSTRAINT uq_receipts_code UNIQUE (code)",
        ],
        put("receipts", "code", Integer, nullable=False, server_default=text("1")),
        add("receipts", lambda: UniqueConstraint("code")),
    ),
    case(
        "a column that refers to another table",
        *COLUMN,
        [
            f"{ALTER} ADD second_id integer",
            (
                f"{ALTER} ADD CONSTRAINT fk_receipts_second_id_shops FOREIGN KEY (second_id) "
                "REFERENCES shops (id)"
            ),
        ],
        put("receipts", "second_id", "@shops.id"),
    ),
    case(
        "a column under another name",
        "column-renamed",
        "column-renamed",
        (NONE, NONE),
        f"{ALTER} RENAME total TO grand_total",
        cut("receipts", "total"),
        put("receipts", "grand_total", Numeric(5, 2), nullable=False),
    ),
    case(
        "a column that may be NULL under another name",
        "column-renamed",
        "column-renamed",
        (NONE, NONE),
        f"{ALTER} RENAME note TO remark",
        cut("receipts", "note"),
        put("receipts", "remark", String(8)),
    ),
    # -- NULL and defaults
    case(
        "a column that must have a value now",
        *REQUIRED,
        (S, M),
        f"{ALTER} ALTER note SET NOT NULL",
        put("receipts", "note", String(8), nullable=False),
    ),
    case(
        "a column that must have a value now, with a default",
        "column-made-required",
        "column-made-nullable",
        (S, M),
        f"{ALTER} ALTER state SET NOT NULL",
        put("receipts", "state", String(8), **STATE),
        old=[put("receipts", "state", String(8), server_default="new")],
    ),
    case(
        "NOT NULL of what the client always fills in",
        *REQUIRED,
        (S, M),
        f"{ALTER} ALTER note SET NOT NULL",
        put("receipts", "note", String(8), default="y", nullable=False),
        old=[put("receipts", "note", String(8), default="y")],
    ),
    case(
        "a default goes that the mapper relies on",
        *DEFAULT,
        (S, M),
        f"{ALTER} ALTER state DROP DEFAULT",
        put("receipts", "state", String(8), nullable=False),
    ),
    case(
        "a default goes that no mapper relies on",
        *DEFAULT,
        (ANY, ANY),
        f"{ALTER} ALTER state DROP DEFAULT",
        put("receipts", "state", String(8), nullable=False, default="new"),
        old=[put("receipts", "state", String(8), default="new", **STATE)],
    ),
    case(
        "a default goes of a column that may be NULL",
        *DEFAULT,
        (S, M),
        f"{ALTER} ALTER note DROP DEFAULT",
        put("receipts", "note", String(8)),
        old=[put("receipts", "note", String(8), server_default="n")],
    ),
    case(
        "another default",
        "column-default-changed",
        "column-default-changed",
        (ANY, ANY),
        f"{ALTER} ALTER state SET DEFAULT 'done'",
        put("receipts", "state", String(8), nullable=False, server_default="done"),
    ),
    case(
        "the client's default goes, the server's stays",
        "column-sending-changed",
        "column-sending-changed",
        (ANY, ANY),
        (),
        put("receipts", "state", String(8), **STATE),
        old=[put("receipts", "state", String(8), default="new", **STATE)],
    ),
    # -- types
    retype("a shorter text", NARROW, (S, M), String(8), String(4), sql="varchar(4)"),
    retype(
        "a shorter text that all values of an enum fit",
        NARROW,
        (ANY, ANY),
        String(8),
        String(4),
        sql="varchar(4)",
        values=("yes", "no"),
    ),
    retype(
        "a shorter text that a value of an enum does not fit",
        NARROW,
        (S, M),
        String(8),
        String(2),
        sql="varchar(2)",
        values=("yes", "no"),
    ),
    retype(
        "a text without limit", ("column-widened", "column-narrowed"), (M, S), String(8), Text(), sql="text"
    ),
    retype("fewer digits before the point", NARROW, (S, M), Numeric(6, 2), Numeric(5, 2), sql="numeric(5,2)"),
    retype(
        "fewer digits after the point", TYPE, (NONE, NONE), Numeric(6, 3), Numeric(6, 2), sql="numeric(6,2)"
    ),
    retype(
        "fewer digits after the point alone", NARROW, (S, M), Numeric(6, 3), Numeric(5, 2), sql="numeric(5,2)"
    ),
    retype(
        "digits moved over the point", TYPE, (NONE, NONE), Numeric(6, 3), Numeric(6, 4), sql="numeric(6,4)"
    ),
    retype(
        "a number without limit",
        ("column-widened", "column-narrowed"),
        (M, S),
        Numeric(5, 2),
        Numeric(),
        sql="numeric",
    ),
    retype("a smaller integer", NARROW, (S, M), BigInteger(), Integer(), sql="integer"),
    retype("a small integer", NARROW, (S, M), Integer(), SmallInteger(), sql="smallint"),
    retype(
        "an integer with digits after the point",
        TYPE,
        (NONE, NONE),
        Integer(),
        Numeric(5, 2),
        sql="numeric(5,2)",
    ),
    retype("a float instead of money", TYPE, (NONE, NONE), Numeric(5, 2), Double(), sql="double precision"),
    retype("a text instead of a number", TYPE, (NONE, NONE), Integer(), String(20), sql="varchar(20)"),
    retype("a short text instead of a number", TYPE, (NONE, NONE), Integer(), String(5), sql="varchar(5)"),
    retype(
        "a number instead of a flag",
        TYPE,
        (NONE, NONE),
        Boolean(),
        Integer(),
        sql="integer",
        using="thing::integer",
    ),
    retype("a text instead of a key", TYPE, (NONE, NONE), Uuid(), String(36), sql="varchar(36)"),
    retype(
        "a moment instead of a day", TYPE, (NONE, NONE), Date(), DateTime(timezone=True), sql="timestamptz"
    ),
    retype(
        "JSONB instead of JSON",
        TYPE,
        (NONE, NONE),
        JSON(none_as_null=True),
        JSONB(none_as_null=True),
        sql="jsonb",
        undecided=True,
    ),
    case(
        "a text instead of a primary key",
        *TYPE,
        (NONE, NONE),
        "ALTER TABLE keyed ALTER code TYPE varchar(36)",
        put("keyed", "code", String(36), primary_key=True),
        old=[
            lambda tables: tables.update(keyed={"args": []}),
            put("keyed", "code", Uuid(), primary_key=True),
        ],
    ),
    # -- conditions
    case(
        "a value more in an enum",
        "check-widened",
        "check-tightened",
        (M, S),
        [
            f"{ALTER} DROP CONSTRAINT ck_receipts_state",
            f"{ALTER} ADD CONSTRAINT ck_receipts_state CHECK (state IN ('new', 'done', 'gone'))",
        ],
        bare("receipts"),
        add("receipts", lambda: UniqueConstraint("shop_id", "number")),
        add("receipts", lambda: words("state", "new", "done", "gone")),
    ),
    case(
        "a value instead of another in an enum",
        "check-changed",
        "check-changed",
        (NONE, NONE),
        [
            f"{ALTER} DROP CONSTRAINT ck_receipts_state",
            f"{ALTER} ADD CONSTRAINT ck_receipts_state CHECK (state IN ('new', 'gone'))",
        ],
        bare("receipts"),
        add("receipts", lambda: UniqueConstraint("shop_id", "number")),
        add("receipts", lambda: words("state", "new", "gone")),
    ),
    case(
        "an enum's condition",
        *CHECK,
        (S, M),
        f"{ALTER} ADD CONSTRAINT ck_receipts_note CHECK (note IN ('a', 'b'))",
        add("receipts", lambda: words("note", "a", "b")),
    ),
    case(
        "a range",
        *CHECK,
        (S, M),
        f"{ALTER} ADD CONSTRAINT ck_receipts_total CHECK (total >= 0)",
        add("receipts", lambda: CheckConstraint("total >= 0", name="total")),
    ),
    case(
        "a range that the type keeps anyway",
        *CHECK,
        (ANY, ANY),
        f"{ALTER} ADD CONSTRAINT ck_receipts_total CHECK (total BETWEEN -1000 AND 1000)",
        add("receipts", lambda: CheckConstraint("total BETWEEN -1000 AND 1000", name="total")),
    ),
    case(
        "a wider range",
        "check-widened",
        "check-tightened",
        (M, S),
        [
            f"{ALTER} DROP CONSTRAINT ck_receipts_total",
            f"{ALTER} ADD CONSTRAINT ck_receipts_total CHECK (total > -1)",
        ],
        lambda tables: tables["receipts"]["args"].pop(),
        add("receipts", lambda: CheckConstraint("total > -1", name="total")),
        old=[add("receipts", lambda: CheckConstraint("total BETWEEN 0 AND 100", name="total"))],
    ),
    case(
        "a condition of another kind",
        *CHECK,
        (S, M),
        f"{ALTER} ADD CONSTRAINT ck_receipts_number CHECK (number <> 'zzzzzzzz')",
        add("receipts", lambda: CheckConstraint("number <> 'zzzzzzzz'", name="number")),
        undecided=True,
    ),
    # -- keys
    case(
        "a unique column",
        *UNIQUE,
        (S, M),
        f"{ALTER} ADD CONSTRAINT uq_receipts_note UNIQUE (note)",
        add("receipts", lambda: UniqueConstraint("note")),
    ),
    case(
        "a unique index on an expression",
        *UNIQUE,
        (S, M),
        "CREATE UNIQUE INDEX uq_note ON receipts (lower(note))",
        add("receipts", lambda: Index("uq_note", text("lower(note)"), unique=True)),
    ),
    case(
        "a unique key that a smaller one implies",
        *UNIQUE,
        (ANY, ANY),
        f"{ALTER} ADD CONSTRAINT uq_receipts_id_note UNIQUE (id, note)",
        add("receipts", lambda: UniqueConstraint("id", "note")),
    ),
    case(
        "a unique index on some rows",
        *UNIQUE,
        (S, M),
        "CREATE UNIQUE INDEX uq_note ON receipts (note) WHERE total > 1000",
        add("receipts", lambda: Index("uq_note", "note", unique=True, postgresql_where=text("total > 1000"))),
        undecided=True,
    ),
    case(
        "another primary key that was unique before",
        "primary-key-changed",
        "primary-key-changed",
        (ANY, ANY),
        [
            "ALTER TABLE keyed DROP CONSTRAINT pk_keyed",
            "ALTER TABLE keyed DROP CONSTRAINT uq_keyed_code",
            "ALTER TABLE keyed ADD CONSTRAINT pk_keyed PRIMARY KEY (code)",
        ],
        lambda tables: tables["keyed"].update(args=[PrimaryKeyConstraint("code")]),
        old=[
            lambda tables: tables.update(
                keyed={
                    "code": mapped_column(Integer, nullable=False, autoincrement=False),
                    "part": mapped_column(Integer, nullable=False, autoincrement=False),
                    "args": [PrimaryKeyConstraint("code", "part"), UniqueConstraint("code")],
                }
            )
        ],
    ),
    case(
        "another primary key",
        "primary-key-changed",
        "primary-key-changed",
        (NONE, NONE),
        [
            "ALTER TABLE keyed DROP CONSTRAINT pk_keyed",
            "ALTER TABLE keyed ADD CONSTRAINT pk_keyed PRIMARY KEY (part)",
        ],
        lambda tables: tables["keyed"].update(args=[PrimaryKeyConstraint("part")]),
        old=[
            lambda tables: tables.update(
                keyed={
                    "code": mapped_column(Integer, nullable=False, autoincrement=False),
                    "part": mapped_column(Integer, nullable=False, autoincrement=False),
                    "args": [PrimaryKeyConstraint("code")],
                }
            )
        ],
    ),
    case(
        "a reference",
        *FOREIGN,
        (S, M),
        f"{ALTER} ADD CONSTRAINT fk_receipts_other_id_shops FOREIGN KEY (other_id) REFERENCES shops (id) "
        "ON DELETE RESTRICT",
        put("receipts", "other_id", "@shops.id", ondelete="RESTRICT"),
        old=[put("receipts", "other_id", Integer)],
    ),
    case(
        "a reference that is followed at deletion",
        *FOREIGN,
        (NONE, NONE),
        f"{ALTER} ADD CONSTRAINT fk_receipts_tag_id_tags FOREIGN KEY (tag_id) REFERENCES tags (id) "
        "ON DELETE CASCADE",
        put("receipts", "tag_id", "@tags.id", ondelete="CASCADE"),
        old=[table("tags"), put("receipts", "tag_id", Integer)],
    ),
    *(
        case(
            f"deleting a parent: {before} becomes {after}",
            *ACTION,
            orders,
            [
                "ALTER TABLE lines DROP CONSTRAINT fk_lines_receipt_id_receipts",
                (
                    "ALTER TABLE lines ADD CONSTRAINT fk_lines_receipt_id_receipts FOREIGN KEY (receipt_id) "
                    f"REFERENCES receipts (id) ON DELETE {after}"
                ),
            ],
            put("lines", "receipt_id", "@receipts.id", ondelete=after, nullable=nullable),
            old=[put("lines", "receipt_id", "@receipts.id", ondelete=before, nullable=nullable)],
        )
        for before, after, nullable, orders in [
            ("CASCADE", "RESTRICT", False, (NONE, NONE)),
            ("CASCADE", "NO ACTION", False, (NONE, NONE)),
            ("CASCADE", "SET NULL", True, (NONE, NONE)),
            ("CASCADE", "SET NULL", False, (NONE, NONE)),
            ("SET NULL", "RESTRICT", True, (NONE, NONE)),
            ("RESTRICT", "NO ACTION", False, (ANY, ANY)),
        ]
    ),
    # -- indexes
    case(
        "an index",
        *INDEX,
        (ANY, ANY),
        "CREATE INDEX ix_receipts_note ON receipts (note)",
        add("receipts", lambda: Index("ix_receipts_note", "note")),
    ),
    case(
        "an index on texts that do not fit into one",
        *INDEX,
        (S, M),
        "CREATE INDEX ix_receipts_essay ON receipts (essay)",
        add("receipts", lambda: Index("ix_receipts_essay", "essay")),
        old=[put("receipts", "essay", String(900))],
    ),
    # -- tables
    case(
        "a table",
        "table-added",
        "table-removed",
        (M, S),
        "CREATE TABLE tags (id integer CONSTRAINT pk_tags PRIMARY KEY)",
        table("tags"),
    ),
    case(
        "a table that refers to what may be deleted",
        "table-added",
        "table-removed",
        (NONE, NONE),
        "CREATE TABLE tags (id integer CONSTRAINT pk_tags PRIMARY KEY, line_id integer NOT NULL "
        "CONSTRAINT fk_tags_line_id_lines REFERENCES lines (id) ON DELETE RESTRICT)",
        table(
            "tags", line_id=lambda: mapped_column(ForeignKey("lines.id", ondelete="RESTRICT"), nullable=False)
        ),
    ),
    case(
        "a table under another name",
        "table-renamed",
        "table-renamed",
        (NONE, NONE),
        [
            "ALTER TABLE lines RENAME TO items",
            "ALTER TABLE items RENAME CONSTRAINT pk_lines TO pk_items",
            (
                "ALTER TABLE items RENAME CONSTRAINT fk_lines_receipt_id_receipts "
                "TO fk_items_receipt_id_receipts"
            ),
        ],
        lambda tables: tables.update(items=tables.pop("lines")),
    ),
]
