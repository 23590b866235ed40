"""The ways to make a receipt of 12 lines, each as a call without arguments."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

import factory
from factory.alchemy import SQLAlchemyModelFactory
from factory.fuzzy import FuzzyDecimal
from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory

from cartsnitch_common.models import Purchase, PurchaseItem
from cartsnitch_fixtures.receipts import Receipt, ReceiptFactory

LINES = 12
WARM_UP = 5000
"""Receipts that are made before: price tags and habits are then worked out."""
USER, STORE = UUID(int=1), UUID(int=2)
PLAIN_DATA = "ours, as plain data"
CONSTRUCTORS = "plain constructors, the same values each time"
FACTORY_BOY = "factory_boy, a fuzzy value for each field"
POLYFACTORY = "polyfactory, out of the box"
POLYFACTORY_COLUMNS = "polyfactory, columns alone (`__set_relationships__ = False`)"

type Way = Callable[[], object]


class PolyItem(SQLAlchemyFactory[PurchaseItem]):
    """Lines, with all that they refer to."""


class PolyPurchase(SQLAlchemyFactory[Purchase]):
    """Purchases, with all that they refer to."""


class PolyItemColumns(SQLAlchemyFactory[PurchaseItem]):
    """Lines that refer to nothing."""

    __set_relationships__ = False


class PolyPurchaseColumns(SQLAlchemyFactory[Purchase]):
    """Purchases that refer to nothing."""

    __set_relationships__ = False


class BoyItem(SQLAlchemyModelFactory):
    """Lines as a project writes them."""

    class Meta:
        model = PurchaseItem

    product_name_raw = factory.Faker("word")
    upc = factory.Faker("ean13")
    quantity = Decimal(1)
    unit_price = FuzzyDecimal(0.5, 20)
    extended_price = factory.SelfAttribute("unit_price")
    regular_price = factory.SelfAttribute("unit_price")
    sale_price = None
    coupon_discount = None
    loyalty_discount = None
    category_raw = factory.Faker("word")


class BoyPurchase(SQLAlchemyModelFactory):
    """Purchases as a project writes them."""

    class Meta:
        model = Purchase

    user_id = USER
    store_id = STORE
    receipt_id = factory.Sequence("receipt-{}".format)
    purchase_date = factory.Faker("date_object")
    total = FuzzyDecimal(5, 200)
    subtotal = factory.SelfAttribute("total")
    tax = Decimal(0)
    savings_total = Decimal(0)
    source_url = factory.Faker("url")
    raw_data = factory.LazyFunction(dict)
    items = factory.List([factory.SubFactory(BoyItem) for _ in range(LINES)])


def ways() -> dict[str, Way]:
    """All, by their labels, warmed up."""
    ours, seeds = ReceiptFactory(), count()

    def plain() -> Receipt:
        return ours(lines=LINES, seed=next(seeds))

    def rows() -> Purchase:
        return plain().to_purchase(user_id=USER, store_id=STORE)

    for _ in range(WARM_UP):
        plain()
    found: dict[str, Way] = {
        PLAIN_DATA: plain,
        "ours, as rows (`to_purchase`)": rows,
        CONSTRUCTORS: constructed,
        FACTORY_BOY: BoyPurchase.build,
        POLYFACTORY: lambda: PolyPurchase.build(items=PolyItem.batch(LINES)),
        POLYFACTORY_COLUMNS: lambda: PolyPurchaseColumns.build(items=PolyItemColumns.batch(LINES)),
    }
    for label, way in found.items():
        made = way()
        items = made.lines if isinstance(made, Receipt) else made.items
        assert len(items) >= LINES, label  # deposits are items too
    return found


def constructed() -> Purchase:
    """The fields that `to_purchase` sets, with values that cost nothing."""
    price = Decimal("3.99")
    return Purchase(
        user_id=USER,
        store_id=STORE,
        store_location_id=None,
        receipt_id="KR-2026-0310-0007",
        purchase_date=date(2026, 3, 10),
        total=price,
        subtotal=price,
        tax=price,
        savings_total=price,
        source_url="https://example.org/receipts/7",
        raw_data={},
        items=[
            PurchaseItem(
                product_name_raw="EGLN BEST LG EGS DZN",
                upc="11110873743",
                quantity=price,
                unit_price=price,
                extended_price=price,
                regular_price=price,
                sale_price=None,
                coupon_discount=None,
                loyalty_discount=None,
                category_raw="GROCERY",
            )
            for _ in range(LINES)
        ],
    )
