"""The migrated database and the models are the same thing, by PostgreSQL's own account."""

import re
from itertools import pairwise

import pytest

from cartsnitch_common.models import Base
from cartsnitch_common.models.types import OpenEnum
from cartsnitch_migrations import check, downgrade, revisions, upgrade

COLUMNS = """
    SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum,
           pg_get_expr(d.adbin, d.adrelid), a.attidentity::text || a.attgenerated::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
OTHERS = """
    SELECT relkind::text || ' ' || relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
"""


@pytest.fixture
def catalogue(execute):
    """Read a database's catalogue: every column, constraint and index, by name."""

    def read(url: str) -> dict[str, tuple[object, ...]]:
        rows = [row for query in (COLUMNS, CONSTRAINTS, INDEXES, OTHERS) for row in execute(url, query)]
        return {name: tuple(facts) for name, *facts in rows if "alembic_version" not in name}

    return read


def test_migrations_and_models_make_the_same_catalogue(migrated, created, catalogue):
    """Every column, default, constraint and index is the same, whichever way a database was made."""
    by_migrations, by_models = catalogue(migrated), catalogue(created)

    assert len(by_models) > 150
    assert by_migrations == by_models


def test_every_revision_goes_up_down_and_up_again(url, catalogue):
    """At each revision, going back restores what was before, and going up once more makes the same again."""
    history = ["base", *revisions()]

    for before, revision in pairwise(history):
        earlier = catalogue(url)
        upgrade(url, revision)
        first = catalogue(url)
        downgrade(url, before)
        assert catalogue(url) == earlier
        upgrade(url, revision)
        assert catalogue(url) == first
        assert first != earlier


def test_a_fresh_database_has_no_differences(migrated):
    """`check` finds nothing in a migrated database."""
    assert check(migrated) == []


DAMAGE = {
    "ALTER TABLE stores DROP CONSTRAINT ck_stores_slug": "stores: the CHECK ck_stores_slug is missing",
    "ALTER TABLE stores DROP CONSTRAINT ck_stores_slug; "
    "ALTER TABLE stores ADD CONSTRAINT ck_stores_slug CHECK (slug IN ('meijer', 'kroger'))": (
        "stores: the CHECK ck_stores_slug names 'kroger', 'meijer', "
        "in the models 'kroger', 'meijer', 'target'"
    ),
    "ALTER TABLE coupons ADD CONSTRAINT positive CHECK (min_purchase > 0)": (
        "coupons: the CHECK positive is unknown to the models"
    ),
    "ALTER TABLE stores DROP CONSTRAINT uq_stores_slug": ("stores: the constraint uq_stores_slug is missing"),
    "ALTER TABLE purchases DROP CONSTRAINT fk_purchases_user_id_users": (
        "purchases: the foreign key fk_purchases_user_id_users is missing"
    ),
    "DROP INDEX uq_users_email_lower": "users: the index uq_users_email_lower is missing",
    "DROP INDEX ix_normalized_products_upc_variants; "
    "CREATE INDEX ix_normalized_products_upc_variants ON normalized_products (upc_variants)": (
        "normalized_products: the index ix_normalized_products_upc_variants is btree, in the models gin"
    ),
    "CREATE INDEX extra ON users (display_name)": "users: the index extra is unknown to the models",
    "ALTER TABLE purchases ALTER total DROP NOT NULL": (
        "purchases.total: nullable is True, in the models False"
    ),
    "ALTER TABLE purchases ALTER total TYPE numeric(12, 2)": (
        "purchases.total: type is NUMERIC(12, 2), in the models NUMERIC(10, 2)"
    ),
    "ALTER TABLE purchase_items ALTER quantity SET DEFAULT 2": (
        "purchase_items.quantity: default is 2, in the models 1.000"
    ),
    "ALTER TABLE users ADD nickname text": "users: the column nickname is unknown to the models",
    "ALTER TABLE users DROP display_name": "users: the column display_name is missing",
    "DROP TABLE coupons": "the table coupons is missing",
    "CREATE TABLE extra (id int)": "the table extra is unknown to the models",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_database_that_was_changed_by_hand_is_found_out(migrated, execute, catalogue, damage):
    """`check` names what was changed, and the catalogue is no longer the same."""
    intact = catalogue(migrated)

    execute(migrated, damage)

    assert check(migrated) == [DAMAGE[damage]]
    assert catalogue(migrated) != intact


def test_a_database_that_lags_behind_is_told(url):
    """`check` on an empty database says which revision it lacks, and which tables."""
    found = check(url)

    assert found[0] == f"the database is at revision none, the package at {revisions()[-1]}"
    assert sorted(found[1:]) == sorted(f"the table {name} is missing" for name in Base.metadata.tables)


def test_every_foreign_key_is_served_by_an_index(migrated, execute):
    """Each foreign key's columns are the first of some index, so that deletes and joins need no full scan."""
    unserved = execute(
        migrated,
        """
        SELECT conrelid::regclass || '.' || conname FROM pg_constraint c
        WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
            AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
        """,
    )
    total = execute(migrated, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'")

    assert unserved == []
    assert total == [(14,)]


def test_every_enum_column_accepts_its_values_alone(migrated, execute):
    """Each enum column has a CHECK of its own, and that names the enum's values exactly."""
    enums = {
        f"{table.name}.{column.name}": {str(member) for member in column.type.enum}
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, OpenEnum)
    }
    checks = execute(
        migrated,
        """
        SELECT c.conrelid::regclass || '.' || a.attname, pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
        WHERE c.contype = 'c'
        """,
    )

    accepted = {column: set(re.findall(r"'(\w+)'", definition)) for column, definition in checks}

    assert len(enums) == 8
    assert {column: accepted.get(column) for column in enums} == enums
