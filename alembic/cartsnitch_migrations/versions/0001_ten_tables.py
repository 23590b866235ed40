"""The ten tables of the first version.

Revision: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MONEY = sa.Numeric(10, 2)
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(20)  # an enum's value, kept to the known ones by a named CHECK
SIZE_UNITS = "'oz', 'fl_oz', 'lb', 'g', 'kg', 'ml', 'l', 'ct', 'pk'"


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _moments() -> list[sa.Column[object]]:
    return [
        sa.Column(name, MOMENT, server_default=sa.text("now()"), nullable=False)
        for name in ("created_at", "updated_at")
    ]


def _key(column: str, table: str, name: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(name), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "stores",
        _id(),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("slug", WORD, nullable=False),
        sa.Column("logo_url", sa.String(500)),
        sa.Column("website_url", sa.String(500)),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.CheckConstraint("slug IN ('meijer', 'kroger', 'target')", name=op.f("ck_stores_slug")),
        sa.UniqueConstraint("slug", name=op.f("uq_stores_slug")),
    )

    op.create_table(
        "store_locations",
        _id(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("city", sa.String(100), nullable=False),
        sa.Column("state", sa.String(2), nullable=False),
        sa.Column("zip", sa.String(10), nullable=False),
        sa.Column("lat", sa.Float(53)),
        sa.Column("lng", sa.Float(53)),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_locations")),
        _key("store_id", "stores", "fk_store_locations_store_id_stores", "RESTRICT"),
    )
    op.create_index(op.f("ix_store_locations_store_id"), "store_locations", ["store_id"])

    op.create_table(
        "users",
        _id(),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("hashed_password", sa.String(255), nullable=False),
        sa.Column("display_name", sa.String(100)),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email_lower", "users", [sa.text("lower(email)")], unique=True)

    op.create_table(
        "user_store_accounts",
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("session_data", postgresql.JSONB()),
        sa.Column("session_expires_at", MOMENT),
        sa.Column("last_sync_at", MOMENT),
        sa.Column("status", WORD, server_default="active", nullable=False),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_store_accounts")),
        sa.UniqueConstraint("user_id", "store_id", name=op.f("uq_user_store_accounts_user_id_store_id")),
        sa.CheckConstraint(
            "status IN ('active', 'expired', 'error')", name=op.f("ck_user_store_accounts_status")
        ),
        _key("user_id", "users", "fk_user_store_accounts_user_id_users", "CASCADE"),
        _key("store_id", "stores", "fk_user_store_accounts_store_id_stores", "RESTRICT"),
    )
    op.create_index(op.f("ix_user_store_accounts_store_id"), "user_store_accounts", ["store_id"])

    op.create_table(
        "normalized_products",
        _id(),
        sa.Column("canonical_name", sa.String(300), nullable=False),
        sa.Column("category", WORD),
        sa.Column("subcategory", sa.String(100)),
        sa.Column("brand", sa.String(200)),
        sa.Column("size", sa.String(50)),
        sa.Column("size_unit", WORD),
        sa.Column("upc_variants", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_normalized_products")),
        sa.CheckConstraint(
            "category IN ('produce', 'dairy', 'meat', 'bakery', 'frozen', 'pantry', 'beverages', 'snacks', "
            "'household', 'personal_care', 'other')",
            name=op.f("ck_normalized_products_category"),
        ),
        sa.CheckConstraint(f"size_unit IN ({SIZE_UNITS})", name=op.f("ck_normalized_products_size_unit")),
    )
    op.create_index(
        op.f("ix_normalized_products_upc_variants"),
        "normalized_products",
        ["upc_variants"],
        postgresql_using="gin",
    )

    op.create_table(
        "purchases",
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("store_location_id", sa.Uuid()),
        sa.Column("receipt_id", sa.String(200), nullable=False),
        sa.Column("purchase_date", sa.Date(), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("subtotal", MONEY),
        sa.Column("tax", MONEY),
        sa.Column("savings_total", MONEY),
        sa.Column("source_url", sa.String(500)),
        sa.Column("raw_data", postgresql.JSONB()),
        sa.Column("ingested_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("store_id", "receipt_id", name=op.f("uq_purchases_store_id_receipt_id")),
        _key("user_id", "users", "fk_purchases_user_id_users", "CASCADE"),
        _key("store_id", "stores", "fk_purchases_store_id_stores", "RESTRICT"),
        _key(
            "store_location_id",
            "store_locations",
            "fk_purchases_store_location_id_store_locations",
            "RESTRICT",
        ),
    )
    op.create_index(op.f("ix_purchases_user_id"), "purchases", ["user_id"])
    op.create_index(op.f("ix_purchases_store_location_id"), "purchases", ["store_location_id"])

    op.create_table(
        "purchase_items",
        _id(),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("product_name_raw", sa.String(300), nullable=False),
        sa.Column("upc", sa.String(20)),
        sa.Column("quantity", sa.Numeric(10, 3), server_default=sa.text("1.000"), nullable=False),
        sa.Column("unit_price", MONEY, nullable=False),
        sa.Column("extended_price", MONEY, nullable=False),
        sa.Column("regular_price", MONEY),
        sa.Column("sale_price", MONEY),
        sa.Column("coupon_discount", MONEY),
        sa.Column("loyalty_discount", MONEY),
        sa.Column("category_raw", sa.String(100)),
        sa.Column("normalized_product_id", sa.Uuid()),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_items")),
        _key("purchase_id", "purchases", "fk_purchase_items_purchase_id_purchases", "CASCADE"),
        _key(
            "normalized_product_id",
            "normalized_products",
            "fk_purchase_items_normalized_product_id_normalized_products",
            "RESTRICT",
        ),
    )
    op.create_index(op.f("ix_purchase_items_purchase_id"), "purchase_items", ["purchase_id"])
    op.create_index(
        op.f("ix_purchase_items_normalized_product_id"), "purchase_items", ["normalized_product_id"]
    )

    op.create_table(
        "price_history",
        _id(),
        sa.Column("normalized_product_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("observed_date", sa.Date(), nullable=False),
        sa.Column("regular_price", MONEY, nullable=False),
        sa.Column("sale_price", MONEY),
        sa.Column("loyalty_price", MONEY),
        sa.Column("coupon_price", MONEY),
        sa.Column("source", WORD, nullable=False),
        sa.Column("purchase_item_id", sa.Uuid()),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_history")),
        sa.CheckConstraint(
            "source IN ('receipt', 'catalog', 'weekly_ad')", name=op.f("ck_price_history_source")
        ),
        _key(
            "normalized_product_id",
            "normalized_products",
            "fk_price_history_normalized_product_id_normalized_products",
            "RESTRICT",
        ),
        _key("store_id", "stores", "fk_price_history_store_id_stores", "RESTRICT"),
        _key(
            "purchase_item_id",
            "purchase_items",
            "fk_price_history_purchase_item_id_purchase_items",
            "SET NULL",
        ),
    )
    op.create_index(
        op.f("ix_price_history_normalized_product_id_store_id_observed_date"),
        "price_history",
        ["normalized_product_id", "store_id", "observed_date"],
    )
    op.create_index(op.f("ix_price_history_store_id"), "price_history", ["store_id"])
    op.create_index(op.f("ix_price_history_purchase_item_id"), "price_history", ["purchase_item_id"])

    op.create_table(
        "coupons",
        _id(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("normalized_product_id", sa.Uuid()),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("description", sa.String(1000)),
        sa.Column("discount_type", WORD, nullable=False),
        sa.Column("discount_value", MONEY),
        sa.Column("min_purchase", MONEY),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("requires_clip", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("coupon_code", sa.String(100)),
        sa.Column("source_url", sa.String(500)),
        sa.Column("scraped_at", MOMENT),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.CheckConstraint(
            "discount_type IN ('percent', 'fixed', 'bogo', 'buy_x_get_y')",
            name=op.f("ck_coupons_discount_type"),
        ),
        _key("store_id", "stores", "fk_coupons_store_id_stores", "RESTRICT"),
        _key(
            "normalized_product_id",
            "normalized_products",
            "fk_coupons_normalized_product_id_normalized_products",
            "RESTRICT",
        ),
    )
    op.create_index(op.f("ix_coupons_store_id"), "coupons", ["store_id"])
    op.create_index(op.f("ix_coupons_normalized_product_id"), "coupons", ["normalized_product_id"])

    op.create_table(
        "shrinkflation_events",
        _id(),
        sa.Column("normalized_product_id", sa.Uuid(), nullable=False),
        sa.Column("detected_date", sa.Date(), nullable=False),
        sa.Column("old_size", sa.String(50), nullable=False),
        sa.Column("new_size", sa.String(50), nullable=False),
        sa.Column("old_unit", WORD, nullable=False),
        sa.Column("new_unit", WORD, nullable=False),
        sa.Column("price_at_old_size", MONEY),
        sa.Column("price_at_new_size", MONEY),
        sa.Column("confidence", sa.Numeric(3, 2), server_default=sa.text("1.00"), nullable=False),
        sa.Column("notes", sa.String(1000)),
        *_moments(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shrinkflation_events")),
        sa.CheckConstraint(f"old_unit IN ({SIZE_UNITS})", name=op.f("ck_shrinkflation_events_old_unit")),
        sa.CheckConstraint(f"new_unit IN ({SIZE_UNITS})", name=op.f("ck_shrinkflation_events_new_unit")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_shrinkflation_events_confidence")),
        _key(
            "normalized_product_id",
            "normalized_products",
            "fk_shrinkflation_events_normalized_product_id_normalize_e556",
            "RESTRICT",
        ),
    )
    op.create_index(
        op.f("ix_shrinkflation_events_normalized_product_id"),
        "shrinkflation_events",
        ["normalized_product_id"],
    )


def downgrade() -> None:
    op.drop_table("shrinkflation_events")
    op.drop_table("coupons")
    op.drop_table("price_history")
    op.drop_table("purchase_items")
    op.drop_table("purchases")
    op.drop_table("normalized_products")
    op.drop_table("user_store_accounts")
    op.drop_table("users")
    op.drop_table("store_locations")
    op.drop_table("stores")
