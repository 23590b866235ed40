"""Changes such as pull requests make them: edits of the source, and the migration that goes with a model."""

from dataclasses import dataclass
from pathlib import Path

EVENTS = "src/cartsnitch_common/schemas/events.py"
FIELDS = "src/cartsnitch_common/schemas/fields.py"
CONSTANTS = "src/cartsnitch_common/constants.py"
BODIES = "src/cartsnitch_common/schemas/rest"
MODELS = "src/cartsnitch_common/models"
MIGRATION = '''"""A change under proof."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


@dataclass(frozen=True)
class Edit:
    """One replacement in one file; `old` stands there exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What a pull request does."""

    name: str
    edits: tuple[Edit, ...]
    migration: str = ""

    def apply(self, source: Path) -> None:
        """Make the change in a copy of the source."""
        for edit in self.edits:
            file = source / edit.file
            text = file.read_text(encoding="utf-8")
            assert text.count(edit.old) == 1, f"{self.name}: {edit.file} holds {edit.old!r} not just once"
            file.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
        if self.migration:
            folder = source / "alembic" / "cartsnitch_migrations" / "versions"
            head = max(file.name[:4] for file in folder.glob("[0-9]*.py"))
            text = MIGRATION.format(head=head, body=self.migration)
            (folder / "9001_change.py").write_text(text, encoding="utf-8")


def event(name: str, old: str, new: str, *, file: str = EVENTS) -> Change:
    return Change(name, (Edit(file, old, new),))


def body(name: str, module: str, old: str, new: str) -> Change:
    return event(name, old, new, file=f"{BODIES}/{module}.py")


def table(name: str, module: str, old: str, new: str, migration: str) -> Change:
    return Change(name, (Edit(f"{MODELS}/{module}.py", old, new),), migration)


RECEIPT = "    purchase_date: date\n    total: Money\n    item_count: _Count\n"
PRICE = "    coupon_price: Money | None = None\n    source: OpenPriceSource\n"
MATCH = "    canonical_name: Text300\n    upc: Upc | None = None\n"
CURRENCY = "    raw_data: Mapped[dict[str, Any] | None] = mapped_column(json_type())\n    ingested_at: Mapped"
PURCHASE_CURRENCY = CURRENCY.replace(
    "    ingested_at", "    currency: Mapped[str] = mapped_column(String(3){default})\n    ingested_at"
)

EVENT_CHANGES = (
    event("a required field removed", RECEIPT, RECEIPT.replace("    total: Money\n", "")),
    event("a required field renamed", RECEIPT, RECEIPT.replace("total:", "grand_total:")),
    event("an optional field added", PRICE, PRICE + "    unit_price: Money | None = None\n"),
    event("a required field added", RECEIPT, RECEIPT + "    currency: Text200\n"),
    event("a field with a default added", RECEIPT, RECEIPT + '    currency: Text200 = "USD"\n'),
    event("an optional field made required", MATCH, MATCH.replace("| None = None", "| None")),
    event("null no longer sent", MATCH, MATCH.replace(" | None = None", "")),
    event("null now sent", RECEIPT, RECEIPT.replace("total: Money", "total: Money | None")),
    event("a count became a text", RECEIPT, RECEIPT.replace("item_count: _Count", "item_count: Text200")),
    event(
        "a count became a number",
        RECEIPT,
        RECEIPT.replace("item_count: _Count", "item_count: Annotated[float, Field(ge=0)]"),
    ),
    event("a text shortened", MATCH, MATCH.replace("Text300", "Annotated[str, Field(max_length=100)]")),
    event("a text lengthened", MATCH, MATCH.replace("Text300", "Annotated[str, Field(max_length=500)]")),
    event("a bound raised", "Count = Annotated[int, Field(ge=0)]", "Count = Annotated[int, Field(ge=1)]"),
    event("an empty list allowed", "Field(min_length=1, max_length=1000)", "Field(max_length=1000)"),
    event(
        "a longer list allowed",
        "Field(min_length=1, max_length=1000)",
        "Field(min_length=1, max_length=1100)",
    ),
    event(
        "a pattern tightened",
        MATCH,
        MATCH.replace("upc: Upc", 'upc: Annotated[str, Field(pattern=r"^[0-9]{4,14}$")]'),
    ),
    event("a nested field removed", PRICE, PRICE.replace("    source: OpenPriceSource\n", "")),
    event("a value no longer sent", '    AUTO_CREATE = "auto_create"\n', "", file=CONSTANTS),
    event(
        "a value added",
        '    AUTO_CREATE = "auto_create"\n',
        '    AUTO_CREATE = "auto_create"\n    OCR = "ocr"\n',
        file=CONSTANTS,
    ),
    event("a date became a text", RECEIPT, RECEIPT.replace("purchase_date: date", "purchase_date: Text200")),
)

TABLE_CHANGES = (
    table(
        "a nullable column added",
        "coupon",
        "    coupon_code: Mapped",
        "    terms: Mapped[str | None] = mapped_column(String(200))\n    coupon_code: Mapped",
        'op.add_column("coupons", sa.Column("terms", sa.String(200)))',
    ),
    table(
        "a required column added without a default",
        "purchase",
        CURRENCY,
        PURCHASE_CURRENCY.format(default=""),
        'op.add_column("purchases", sa.Column("currency", sa.String(3), nullable=False))',
    ),
    table(
        "a required column added with a server default",
        "purchase",
        CURRENCY,
        PURCHASE_CURRENCY.format(default=', server_default="USD"'),
        'op.add_column("purchases", sa.Column("currency", sa.String(3), nullable=False,'
        ' server_default="USD"))',
    ),
    table(
        "a column dropped",
        "coupon",
        "    coupon_code: Mapped[str | None] = mapped_column(String(100))\n",
        "",
        'op.drop_column("coupons", "coupon_code")',
    ),
    table(
        "a column renamed",
        "coupon",
        "    coupon_code: Mapped[str | None]",
        "    code: Mapped[str | None]",
        'op.alter_column("coupons", "coupon_code", new_column_name="code")',
    ),
    table(
        "a text column widened",
        "coupon",
        "    title: Mapped[str] = mapped_column(String(300))",
        "    title: Mapped[str] = mapped_column(String(400))",
        'op.alter_column("coupons", "title", type_=sa.String(400))',
    ),
    table(
        "a text column narrowed",
        "coupon",
        "    title: Mapped[str] = mapped_column(String(300))",
        "    title: Mapped[str] = mapped_column(String(200))",
        'op.alter_column("coupons", "title", type_=sa.String(200))',
    ),
    table(
        "null forbidden, with a default",
        "coupon",
        "    description: Mapped[str | None] = mapped_column(String(1000))",
        '    description: Mapped[str] = mapped_column(String(1000), server_default="")',
        'op.alter_column("coupons", "description", nullable=False, server_default="")',
    ),
    table(
        "null allowed",
        "coupon",
        "    title: Mapped[str] = mapped_column(String(300))",
        "    title: Mapped[str | None] = mapped_column(String(300))",
        'op.alter_column("coupons", "title", nullable=True)',
    ),
    table(
        "a unique constraint added",
        "coupon",
        "    title: Mapped[str] = mapped_column(String(300))",
        "    title: Mapped[str] = mapped_column(String(300), unique=True)",
        'op.create_unique_constraint("uq_coupons_title", "coupons", ["title"])',
    ),
    table(
        "an index added",
        "coupon",
        "    title: Mapped[str] = mapped_column(String(300))",
        "    title: Mapped[str] = mapped_column(String(300), index=True)",
        'op.create_index("ix_coupons_title", "coupons", ["title"])',
    ),
    Change(
        "a value dropped from a check",
        (Edit(CONSTANTS, '    BUY_X_GET_Y = "buy_x_get_y"\n', ""),),
        'op.drop_constraint(op.f("ck_coupons_discount_type"), "coupons")\n'
        '    op.create_check_constraint(op.f("ck_coupons_discount_type"), "coupons",\n'
        "        \"discount_type IN ('percent', 'fixed', 'bogo')\")",
    ),
    Change(
        "a store added",
        (Edit(CONSTANTS, '    TARGET = "target"\n', '    TARGET = "target"\n    ALDI = "aldi"\n'),),
        'op.drop_constraint(op.f("ck_stores_slug"), "stores")\n'
        '    op.create_check_constraint(op.f("ck_stores_slug"), "stores",\n'
        "        \"slug IN ('meijer', 'kroger', 'target', 'aldi')\")",
    ),
)
WANTED = "    product_id: UUID | None = None\n    name: Text300\n    quantity: SoldQuantity\n"
OPTIMIZE = "    preferred_stores: Annotated[list[StoreSlug], Field(default_factory=list, max_length=20)]\n"
JOB = "    job_id: UUID\n    status: OpenSyncStatus\n    message: str\n"

BODY_CHANGES = (
    body("a field of a response removed", "receiptwitness", JOB, JOB.replace("    message: str\n", "")),
    body("a field of a response added", "receiptwitness", JOB, JOB + "    queue: str\n"),
    body("null in a response", "receiptwitness", JOB, JOB.replace("message: str", "message: str | None")),
    body(
        "an optional field of a request added",
        "clipartist",
        OPTIMIZE,
        OPTIMIZE + "    most: int | None = None\n",
    ),
    body("a required field of a request added", "clipartist", WANTED, WANTED + "    unit: Text300\n"),
    body(
        "more items in a request",
        "clipartist",
        "min_length=1, max_length=200",
        "min_length=1, max_length=210",
    ),
    body("a field of a request removed", "clipartist", WANTED, WANTED.replace("    name: Text300\n", "")),
)
CHANGES = (*EVENT_CHANGES, *BODY_CHANGES, *TABLE_CHANGES)
