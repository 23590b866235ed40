"""The demo's two services on real servers: stored once, told after the commit, told twice does no harm."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from cartsnitch_cli.demo.detector import StickerShock
from cartsnitch_cli.demo.ingest import ReceiptWitness
from cartsnitch_cli.demo.parsing import parse_receipt
from cartsnitch_cli.demo.wiretap import Wiretap
from cartsnitch_common.constants import EventType, PriceSource, Service, StoreSlug
from cartsnitch_common.database import session_scope
from cartsnitch_common.events import publish_event
from cartsnitch_common.models import NormalizedProduct, PriceHistory, Purchase, PurchaseItem
from cartsnitch_common.schemas.events import Event, PricesUpdated, PriceUpdate
from cartsnitch_fixtures.market import Market

DAY = date(2026, 3, 1)


@pytest.fixture
def witness(database_url, redis_client):
    return ReceiptWitness(database_url, redis_client)


@pytest.fixture
def receipts(witness):
    """Twenty receipts of the three stores, parsed from what the stores write."""
    user = witness.user("ana@example.com", "Ana")
    return [
        parse_receipt(receipt.raw(), user_id=user, store_ids=witness.store_ids)
        for receipt in Market(4, households=20).receipts(20)
    ]


def test_ingested_twice_is_stored_and_told_once(
    database_url, redis_client, witness, receipts, published_events
):
    """By the store and its receipt id, also by a service that was started anew."""
    first = [witness.ingest(receipt) for receipt in receipts]
    with session_scope(database_url) as session:
        products = session.scalar(select(func.count()).select_from(NormalizedProduct))

    again = [ReceiptWitness(database_url, redis_client).ingest(receipt) for receipt in receipts]

    assert None not in first
    assert again == [None] * len(receipts)
    assert len(published_events.of(EventType.RECEIPTS_INGESTED)) == len(receipts)
    with session_scope(database_url) as session:
        assert session.scalar(select(func.count()).select_from(Purchase)) == len(receipts)
        lines = sum(len(receipt.purchase.items) for receipt in receipts)
        assert session.scalar(select(func.count()).select_from(PurchaseItem)) == lines
        assert session.scalar(select(func.count()).select_from(NormalizedProduct)) == products


def test_a_restarted_service_knows_its_products(database_url, redis_client, witness, receipts):
    """The same receipts under new numbers make no product anew."""
    for receipt in receipts:
        witness.ingest(receipt)
    with session_scope(database_url) as session:
        names = session.scalars(select(NormalizedProduct.canonical_name)).all()

    restarted = ReceiptWitness(database_url, redis_client)
    for receipt in receipts:
        receipt.purchase.receipt_id += "-B"
        restarted.ingest(receipt)

    with session_scope(database_url) as session:
        assert session.scalars(select(NormalizedProduct.canonical_name)).all() == names


def test_a_product_is_one_at_all_stores(database_url, witness, receipts):
    """Its prices at Kroger, which drops the check digit, and at Meijer belong to one product."""
    for receipt in receipts:
        witness.ingest(receipt)

    with session_scope(database_url) as session:
        stores = func.count(PriceHistory.store_id.distinct())
        widest = session.scalar(
            select(stores).group_by(PriceHistory.normalized_product_id).order_by(stores.desc()).limit(1)
        )
        variants = session.scalars(select(NormalizedProduct.upc_variants)).all()
    assert widest == len(StoreSlug)
    assert {len(codes) for codes in variants} == {
        0,
        1,
        2,
    }  # weighed; one spelling; with and without the digit


def test_every_message_is_held_against_its_contract(redis_client, witness, receipts):
    """What the services send is clean; what somebody else sends to a channel is found out."""
    wiretap = Wiretap(redis_client)
    witness.ingest(receipts[0])
    redis_client.publish(EventType.COUPONS_UPDATED, b'{"event_type": "cartsnitch.coupons.updated"}')

    wiretap.listen()
    done = list(wiretap.check())
    wiretap.close()

    assert done == [1, 2, 3]
    assert list(wiretap.problems) == [2]
    assert wiretap.counts[EventType.RECEIPTS_INGESTED] == 1
    assert len(wiretap.samples(EventType.PRICES_UPDATED)) == 1


@pytest.fixture
def observe(database_url, witness):
    """Store a product's regular price at Meijer of a day, on sale or not; gives the event's payload."""
    product = NormalizedProduct(canonical_name="Eggs")
    with session_scope(database_url) as session:
        session.add(product)

    def store(day, regular, sale=None):
        price = PriceHistory(
            normalized_product_id=product.id,
            store_id=witness.store_ids[StoreSlug.MEIJER],
            observed_date=day,
            regular_price=Decimal(regular),
            sale_price=sale and Decimal(sale),
            source=PriceSource.RECEIPT,
        )
        with session_scope(database_url) as session:
            session.add(price)
        update = PriceUpdate(
            price_history_id=price.id,
            normalized_product_id=product.id,
            store_slug=StoreSlug.MEIJER,
            observed_date=day,
            regular_price=price.regular_price,
            sale_price=price.sale_price,
            source=PriceSource.RECEIPT,
        )
        return PricesUpdated(prices=[update])

    return store


@pytest.mark.parametrize(
    ("days", "alerts"),
    [
        ((("2.00", None), ("2.50", None)), ["25.00"]),
        ((("2.00", None), ("2.04", None)), ["2.00"]),
        ((("2.00", None), ("2.03", None)), []),
        ((("2.00", None), ("1.80", None)), []),
        ((("2.00", "1.50"), ("2.00", None)), []),
        ((("2.00", "1.50"), ("2.20", "1.50")), ["10.00"]),
    ],
)
def test_only_a_regular_price_that_rose_is_an_increase(database_url, redis_client, observe, days, alerts):
    """From two percent on; a sale and its end do not count."""
    shock = StickerShock(database_url, redis_client)
    before, after = days
    observe(DAY, *before)
    payload = observe(DAY + timedelta(days=7), *after)

    shock.on_prices(_event(payload))

    assert [str(alert.percent_change) for alert in shock.alerts] == alerts
    assert all(alert.previous_observed_date == DAY for alert in shock.alerts)


def test_a_fact_told_twice_is_one_alert(database_url, redis_client, observe, published_events):
    """Redelivered, or on two receipts of a day; and the next day's same price is none."""
    shock = StickerShock(database_url, redis_client)
    observe(DAY, "2.00")
    rises = [observe(DAY + timedelta(days=7), "2.50") for _ in range(2)]
    later = observe(DAY + timedelta(days=8), "2.50")

    with shock.running():
        for payload in (*rises, rises[0], later):
            publish_event(redis_client, EventType.PRICES_UPDATED, Service.RECEIPT_WITNESS, payload)
        list(shock.wait_for(4))

    assert len(shock.alerts) == 1
    assert [event.payload for event in published_events.of(EventType.ALERT_PRICE_INCREASE)] == shock.alerts
    assert shock.errors == []


def test_a_failing_service_says_so(redis_client, observe):
    """Its error is kept for the summary, and it goes on listening."""
    shock = StickerShock("postgresql+psycopg://nobody@127.0.0.1:1/none", redis_client)
    payload = observe(DAY, "2.00")

    with shock.running():
        publish_event(redis_client, EventType.PRICES_UPDATED, Service.RECEIPT_WITNESS, payload)
        redis_client.publish(EventType.PRICES_UPDATED, b"{}")
        list(shock.wait_for(2))

    assert len(shock.errors) == 2
    assert "127.0.0.1" in shock.errors[0]
    assert "could not read" in shock.errors[1]


def _event(payload):
    return Event[PricesUpdated](
        event_type=EventType.PRICES_UPDATED,
        timestamp="2026-03-08T12:00:00Z",
        service=Service.RECEIPT_WITNESS,
        payload=payload,
    )
