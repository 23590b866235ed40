"""Fixtures that make data: receipts, and a factory for every model, bound to the test's database.

`create_sync` saves through `db_session`; `create_async` through `async_db_session`, where the test asks for
it too. Rows are committed, so that every connection sees them.
"""

from typing import TYPE_CHECKING

import pytest

from cartsnitch_pytest.extra import require_testing_extra
from cartsnitch_pytest.failures import REPLAYS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from cartsnitch_fixtures.factories import (
        CouponFactory,
        Factories,
        NormalizedProductFactory,
        PriceHistoryFactory,
        PurchaseFactory,
        PurchaseItemFactory,
        ShrinkflationEventFactory,
        StoreFactory,
        StoreLocationFactory,
        UserFactory,
        UserStoreAccountFactory,
    )
    from cartsnitch_fixtures.receipts import ReceiptFactory


@pytest.fixture
def receipt_factory(request: pytest.FixtureRequest) -> "ReceiptFactory":
    """Makes receipts that add up, as plain data: `receipt_factory(store="kroger", lines=12, seed=7)`."""
    require_testing_extra("receipt_factory")
    from cartsnitch_fixtures.receipts import ReceiptFactory  # noqa: PLC0415

    factory = ReceiptFactory()
    request.node.stash[REPLAYS] = factory.replays
    return factory


@pytest.fixture
def _cartsnitch_factories(request: pytest.FixtureRequest, db_session: "Session") -> "Factories":
    require_testing_extra("the model factories")
    from cartsnitch_fixtures.factories import Factories  # noqa: PLC0415

    wants_async = "async_db_session" in request.fixturenames
    return Factories(db_session, request.getfixturevalue("async_db_session") if wants_async else None)


@pytest.fixture
def store_factory(_cartsnitch_factories: "Factories") -> "type[StoreFactory]":
    """Makes a `Store`: Meijer, Kroger and Target in turn."""
    from cartsnitch_fixtures.factories import StoreFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(StoreFactory)


@pytest.fixture
def store_location_factory(_cartsnitch_factories: "Factories") -> "type[StoreLocationFactory]":
    """Makes a `StoreLocation`."""
    from cartsnitch_fixtures.factories import StoreLocationFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(StoreLocationFactory)


@pytest.fixture
def user_factory(_cartsnitch_factories: "Factories") -> "type[UserFactory]":
    """Makes a `User`."""
    from cartsnitch_fixtures.factories import UserFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(UserFactory)


@pytest.fixture
def user_store_account_factory(_cartsnitch_factories: "Factories") -> "type[UserStoreAccountFactory]":
    """Makes a `UserStoreAccount`."""
    from cartsnitch_fixtures.factories import UserStoreAccountFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(UserStoreAccountFactory)


@pytest.fixture
def purchase_factory(_cartsnitch_factories: "Factories") -> "type[PurchaseFactory]":
    """Makes a `Purchase` with items that add up."""
    from cartsnitch_fixtures.factories import PurchaseFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(PurchaseFactory)


@pytest.fixture
def purchase_item_factory(_cartsnitch_factories: "Factories") -> "type[PurchaseItemFactory]":
    """Makes a `PurchaseItem`."""
    from cartsnitch_fixtures.factories import PurchaseItemFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(PurchaseItemFactory)


@pytest.fixture
def normalized_product_factory(_cartsnitch_factories: "Factories") -> "type[NormalizedProductFactory]":
    """Makes a `NormalizedProduct`."""
    from cartsnitch_fixtures.factories import NormalizedProductFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(NormalizedProductFactory)


@pytest.fixture
def price_history_factory(_cartsnitch_factories: "Factories") -> "type[PriceHistoryFactory]":
    """Makes a `PriceHistory`."""
    from cartsnitch_fixtures.factories import PriceHistoryFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(PriceHistoryFactory)


@pytest.fixture
def coupon_factory(_cartsnitch_factories: "Factories") -> "type[CouponFactory]":
    """Makes a `Coupon`."""
    from cartsnitch_fixtures.factories import CouponFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(CouponFactory)


@pytest.fixture
def shrinkflation_event_factory(_cartsnitch_factories: "Factories") -> "type[ShrinkflationEventFactory]":
    """Makes a `ShrinkflationEvent`."""
    from cartsnitch_fixtures.factories import ShrinkflationEventFactory  # noqa: PLC0415

    return _cartsnitch_factories.bind(ShrinkflationEventFactory)
