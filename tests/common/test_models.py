"""The schema does what it promises, on PostgreSQL and on the SQLite fake."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from cartsnitch_common.constants import AccountStatus, ProductCategory, SizeUnit, StoreSlug
from cartsnitch_common.models import (
    Base,
    Coupon,
    NormalizedProduct,
    PriceHistory,
    Purchase,
    PurchaseItem,
    ShrinkflationEvent,
    Store,
    StoreLocation,
    User,
    UserStoreAccount,
    new_id,
)

DAY = date(2026, 3, 10)


@pytest.fixture
def shop(session):
    """One row in every table, all connected."""
    store = Store(name="Meijer", slug=StoreSlug.MEIJER)
    location = StoreLocation(
        store=store, address="5150 Coolidge Hwy", city="Royal Oak", state="MI", zip="48073", lat=42.5
    )
    user = User(email="ada@example.com", hashed_password="x")
    account = UserStoreAccount(user=user, store=store)
    product = NormalizedProduct(
        canonical_name="Bananas", category="produce", upc_variants=["4011"], size_unit="lb"
    )
    purchase = Purchase(
        user=user,
        store=store,
        store_location=location,
        receipt_id="TXN-1",
        purchase_date=DAY,
        total=Decimal("1.85"),
        raw_data={"items": [1, {"name": "B\u00e4nanas"}]},
    )
    item = PurchaseItem(
        purchase=purchase,
        product_name_raw="BANANAS",
        unit_price=Decimal("0.59"),
        extended_price=Decimal("1.85"),
        quantity=Decimal("3.129"),
        normalized_product=product,
    )
    price = PriceHistory(
        normalized_product=product,
        store=store,
        observed_date=DAY,
        regular_price=Decimal("0.59"),
        source="receipt",
        purchase_item=item,
    )
    coupon = Coupon(store=store, normalized_product=product, title="50c off", discount_type="fixed")
    event = ShrinkflationEvent(
        normalized_product=product,
        detected_date=DAY,
        old_size="51",
        new_size="43.5",
        old_unit="oz",
        new_unit="oz",
    )
    rows = [store, location, user, account, product, purchase, item, price, coupon, event]
    session.add_all(rows)
    session.commit()
    return {type(row): row for row in rows}


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_there_are_ten_tables():
    """The canonical schema."""
    assert sorted(Base.metadata.tables) == [
        "coupons",
        "normalized_products",
        "price_history",
        "purchase_items",
        "purchases",
        "shrinkflation_events",
        "store_locations",
        "stores",
        "user_store_accounts",
        "users",
    ]


def test_an_id_exists_before_the_row_does_and_sorts_by_time():
    """UUIDv7, made at construction: an event can name a row that is not flushed yet."""
    ids = [Store(name="x", slug="meijer").id for _ in range(2000)]

    assert ids == sorted(set(ids))
    assert {key.version for key in ids} == {7}
    assert isinstance(new_id(), UUID)


def test_an_id_can_be_given():
    """For rows that come from elsewhere."""
    key = new_id()

    assert Store(id=key, name="x", slug="meijer").id == key


def test_a_field_that_is_not_there_is_refused():
    """A typo in a constructor does not vanish."""
    with pytest.raises(TypeError, match="Store has no field 'nmae'"):
        Store(nmae="Meijer")


def test_rows_come_back_as_they_went_in(session, shop):
    """Every kind of column, read anew from the database."""
    session.expire_all()
    item = session.get(PurchaseItem, shop[PurchaseItem].id)

    assert (item.quantity, item.unit_price, item.upc) == (Decimal("3.129"), Decimal("0.59"), None)
    assert item.purchase.raw_data == {"items": [1, {"name": "B\u00e4nanas"}]}
    assert item.purchase.purchase_date == DAY
    assert item.purchase.store.slug is StoreSlug.MEIJER
    assert item.normalized_product.category is ProductCategory.PRODUCE
    assert item.normalized_product.upc_variants == ["4011"]
    assert shop[StoreLocation].lat == 42.5


def test_defaults_are_set(session, shop):
    """quantity 1, status active, confidence 1.00, requires_clip false, no codes."""
    purchase = shop[Purchase]
    item = PurchaseItem(purchase=purchase, product_name_raw="X", unit_price=1, extended_price=1)
    product = NormalizedProduct(canonical_name="X")
    session.add_all([item, product])
    session.commit()
    session.expire_all()

    assert item.quantity == 1
    assert product.upc_variants == []
    assert shop[UserStoreAccount].status is AccountStatus.ACTIVE
    assert shop[ShrinkflationEvent].confidence == Decimal("1.00")
    assert shop[Coupon].requires_clip is False
    assert datetime.now(UTC) - purchase.ingested_at < timedelta(hours=1)


def test_every_relationship_goes_both_ways(session, shop):
    """From each end to the other."""
    session.expire_all()
    store, user, purchase, product = (shop[kind] for kind in (Store, User, Purchase, NormalizedProduct))

    assert [
        *store.locations,
        *store.purchases,
        *store.user_accounts,
        *store.price_histories,
        *store.coupons,
    ] == [shop[kind] for kind in (StoreLocation, Purchase, UserStoreAccount, PriceHistory, Coupon)]
    assert (user.store_accounts, user.purchases) == ([shop[UserStoreAccount]], [purchase])
    assert (purchase.user, purchase.store, purchase.store_location) == (user, store, shop[StoreLocation])
    assert purchase.items == [shop[PurchaseItem]] == product.purchase_items
    assert shop[PurchaseItem].price_history_entries == product.price_histories == [shop[PriceHistory]]
    assert (product.coupons, product.shrinkflation_events) == ([shop[Coupon]], [shop[ShrinkflationEvent]])
    assert shop[StoreLocation].purchases == [purchase]


def test_every_relationship_has_its_other_end():
    """A relationship without `back_populates` would show stale collections."""
    lonely = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if not relation.back_populates
    ]

    assert lonely == []


@pytest.mark.parametrize("by", ["unit of work", "SQL"])
def test_deleting_a_purchase_takes_its_items_and_leaves_its_prices(session, shop, by):
    """price_history outlives the receipt; its purchase_item_id becomes NULL."""
    if by == "SQL":
        session.execute(delete(Purchase))
    else:
        session.delete(shop[Purchase])
    session.commit()
    session.expire_all()

    assert (count(session, Purchase), count(session, PurchaseItem), count(session, PriceHistory)) == (0, 0, 1)
    assert shop[PriceHistory].purchase_item_id is None


@pytest.mark.parametrize("by", ["unit of work", "SQL"])
def test_deleting_a_user_takes_accounts_and_purchases(session, shop, by):
    """And what hangs on the purchases, but no price."""
    if by == "SQL":
        session.execute(delete(User))
    else:
        session.delete(shop[User])
    session.commit()

    left = {
        kind.__name__: count(session, kind)
        for kind in (UserStoreAccount, Purchase, PurchaseItem, PriceHistory)
    }
    assert left == {"UserStoreAccount": 0, "Purchase": 0, "PurchaseItem": 0, "PriceHistory": 1}


@pytest.mark.parametrize("by", ["unit of work", "SQL"])
@pytest.mark.parametrize("kind", [Store, StoreLocation, NormalizedProduct])
def test_what_is_in_use_cannot_be_deleted(session, shop, kind, by):
    """A product, a store, a location: the database refuses, whoever asks."""
    if by == "SQL":
        refused = lambda: session.execute(delete(kind))  # noqa: E731 (two ways of one act)
    else:
        session.delete(shop[kind])
        refused = session.flush

    with pytest.raises(IntegrityError):
        refused()

    session.rollback()
    assert count(session, kind) == 1


def test_an_item_can_be_taken_off_its_purchase(session, shop):
    """delete-orphan: what leaves the collection leaves the table."""
    shop[Purchase].items.clear()
    session.commit()

    assert count(session, PurchaseItem) == 0


@pytest.mark.parametrize(
    "twin",
    [
        lambda shop: Store(name="Another", slug="meijer"),
        lambda shop: User(email="ADA@Example.com", hashed_password="y"),
        lambda shop: UserStoreAccount(user=shop[User], store=shop[Store]),
        lambda shop: Purchase(
            user=shop[User], store=shop[Store], receipt_id="TXN-1", purchase_date=DAY, total=Decimal(1)
        ),
    ],
    ids=["slug", "email without regard to case", "user and store", "store and receipt"],
)
def test_what_must_be_unique_is(session, shop, twin):
    """The second one is refused."""
    with session.no_autoflush:
        session.add(twin(shop))

    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    "change",
    [
        update(Store).values(slug="aldi"),
        update(UserStoreAccount).values(status="asleep"),
        update(NormalizedProduct).values(category="toys"),
        update(NormalizedProduct).values(size_unit="stone"),
        update(PriceHistory).values(source="rumour"),
        update(Coupon).values(discount_type="hug"),
        update(ShrinkflationEvent).values(old_unit="stone"),
        update(ShrinkflationEvent).values(new_unit="stone"),
        update(ShrinkflationEvent).values(confidence=Decimal("1.01")),
        update(ShrinkflationEvent).values(confidence=Decimal("-0.01")),
    ],
    ids=lambda change: str(change).split("SET ")[1],
)
def test_a_check_keeps_unknown_values_out(session, shop, change):
    """Enum columns and confidence are guarded by the database itself."""
    with pytest.raises(IntegrityError):
        session.execute(change)


def test_a_value_of_a_newer_schema_is_read_as_a_plain_string(db_session):
    """A service that is older than the database does not stumble over a new category."""
    db_session.execute(
        text("ALTER TABLE normalized_products DROP CONSTRAINT ck_normalized_products_category")
    )
    db_session.execute(
        text("INSERT INTO normalized_products (canonical_name, category) VALUES ('Oat milk', 'vegan')")
    )

    category = db_session.scalar(select(NormalizedProduct)).category

    assert category == "vegan"
    assert type(category) is str
    db_session.rollback()


def test_moments_are_aware_and_in_utc(session, shop):
    """Whatever the offset going in, UTC comes out; a naive one is refused."""
    account = shop[UserStoreAccount]
    account.last_sync_at = datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=-5)))
    session.commit()
    session.expire_all()

    assert account.last_sync_at == datetime(2026, 3, 10, 14, tzinfo=UTC)
    assert account.last_sync_at.tzinfo is UTC or account.last_sync_at.utcoffset() == timedelta(0)
    account.last_sync_at = datetime(2026, 3, 10)  # noqa: DTZ001 (what is refused)
    with pytest.raises(StatementError, match="without an offset"):
        session.flush()


def test_updated_at_moves_and_created_at_stays(session, shop):
    """Both are set by the models, and readable after a commit without another query."""
    user = shop[User]
    created, updated = user.created_at, user.updated_at
    user.display_name = "Ada"
    session.commit()

    assert created <= updated < user.updated_at
    assert user.created_at == created


def test_raw_sql_may_leave_id_and_timestamps_out(session):
    """For psql and other languages."""
    session.execute(text("INSERT INTO stores (name, slug) VALUES ('Kroger', 'kroger')"))
    session.commit()

    store = session.scalar(select(Store))
    assert isinstance(store.id, UUID)
    assert datetime.now(UTC) - store.created_at < timedelta(hours=1)


def test_no_row_is_the_json_null(session, shop):
    """None is SQL's NULL, so IS NULL finds it."""
    shop[Purchase].raw_data = None
    session.commit()

    assert session.scalar(select(func.count()).where(Purchase.raw_data.is_(None))) == 1


def test_every_foreign_key_is_indexed():
    """It leads an index or a unique constraint, so a delete on the other side scans nothing."""
    for table in Base.metadata.sorted_tables:
        leading = {next(iter(index.columns)).name for index in table.indexes if index.columns}
        leading |= {
            next(iter(unique.columns)).name
            for unique in table.constraints
            if len(unique.columns) and unique.__visit_name__ == "unique_constraint"
        }
        assert {key.parent.name for key in table.foreign_keys} <= leading, table.name


def test_a_repr_names_the_row_and_nothing_of_its_contents(shop):
    """Rows end up in logs; e-mail addresses and sessions must not."""
    user = shop[User]

    assert repr(user) == f"<User {user.id}>"
    assert inspect(user).persistent
    assert SizeUnit.OZ.value not in repr(shop[ShrinkflationEvent])
