"""From an account page to rows and events."""

import json
from dataclasses import replace

import pytest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select

from cartsnitch_common.config import get_settings
from cartsnitch_common.constants import Service, StoreSlug, SyncStatus
from cartsnitch_common.events import EventPublisher
from cartsnitch_common.models import (
    NormalizedProduct,
    PriceHistory,
    Purchase,
    PurchaseItem,
    UserStoreAccount,
    utc_now,
)
from cartsnitch_common.schemas.events import PricesUpdated, ReceiptsIngested
from receiptwitness.board import SyncBoard
from receiptwitness.ingest import Ingester
from receiptwitness.parts import get_now
from receiptwitness.sources import Folder
from receiptwitness.sync import Syncer

DEAR = {
    "description": "Milk",
    "regularPrice": 1,
    "basePrice": 1,
    "quantity": 0.001,
    "totalPrice": 1,
    "couponAmount": 999999.99,
}


@pytest.mark.parametrize("store", StoreSlug)
def test_a_receipt_is_stored_and_told(
    client, user, save_page, sync, receipt_factory, db_session, published_events, store
):
    """One purchase with its lines; one event of the receipt, one of its prices."""
    receipt = receipt_factory(store=store, lines=12, seed=7)
    save_page(user, receipt)

    sync(user.id, store)

    purchase = db_session.scalars(select(Purchase)).one()
    assert (purchase.receipt_id, purchase.total) == (receipt.receipt_id, receipt.total)
    assert purchase.raw_data == receipt.raw()
    told = published_events.wait_for(ReceiptsIngested).payload
    assert (told.purchase_id, told.total, told.item_count) == (
        purchase.id,
        receipt.total,
        len(purchase.items),
    )
    prices = published_events.wait_for(PricesUpdated).payload.prices
    assert {price.regular_price for price in prices} == {line.regular_price for line in receipt.lines}
    assert {price.price_history_id for price in prices} == set(db_session.scalars(select(PriceHistory.id)))


def test_the_same_receipt_twice_is_one_purchase(
    client, user, save_page, sync, receipt_factory, db_session, published_events
):
    """Nothing is stored anew and nothing is told again."""
    save_page(user, receipt_factory(store="kroger", seed=7))
    sync(user.id, StoreSlug.KROGER)
    rows = [
        db_session.scalar(select(func.count()).select_from(each))
        for each in (Purchase, PurchaseItem, PriceHistory)
    ]
    events = len(published_events.all)
    client.app.dependency_overrides[get_now] = lambda: utc_now().replace(year=2100)

    sync(user.id, StoreSlug.KROGER)

    assert rows == [
        db_session.scalar(select(func.count()).select_from(each))
        for each in (Purchase, PurchaseItem, PriceHistory)
    ]
    assert len(published_events.all) == events == 2


def test_a_discount_hides_the_regular_price(client, user, receipt_factory, db_session, redis_client):
    """Where the store does not say it, the price of a line without discount is the regular one."""
    page = receipt_factory(store="kroger", lines=6, seed=7).raw()
    lines = page["detail"]["items"]
    for line in lines:
        for name in ("regularPrice", "salePrice", "couponAmount", "plusCardSavings", "fuelPointsDiscount"):
            line.pop(name, None)
    lines[0]["couponAmount"] = 0.1
    publisher = EventPublisher(redis_client, Service.RECEIPT_WITNESS)

    Ingester(client.app.state.parts.sessions, publisher).ingest(page, StoreSlug.KROGER, user.id)

    items = db_session.scalars(
        select(PurchaseItem).where(PurchaseItem.normalized_product_id.is_not(None))
    ).all()
    assert any(item.coupon_discount for item in items)
    assert {row.purchase_item_id: row.regular_price for row in db_session.scalars(select(PriceHistory))} == {
        item.id: item.unit_price for item in items if not item.coupon_discount
    }


def test_what_is_told_can_be_read(client, user, save_page, sync, receipt_factory, published_events):
    """Whoever hears of a purchase gets it by REST: it was committed before."""
    save_page(user, receipt_factory(store="meijer", seed=7))

    sync(user.id, StoreSlug.MEIJER)

    purchase_id = published_events.wait_for(ReceiptsIngested).payload.purchase_id
    assert client.get(f"/purchases/{purchase_id}").json()["id"] == str(purchase_id)


def test_events_come_after_the_commit(client, user, receipt_factory, db_session, database_url):
    """A reader that looks at the moment of the event finds the purchase already."""
    seen: list[int] = []

    class Looking(EventPublisher):
        def publish_many(self, payloads, **options):
            db_session.expire_all()
            seen.append(db_session.scalar(select(func.count()).select_from(Purchase)))
            return super().publish_many(payloads, **options)

    with Redis.from_url(get_settings().redis_url) as redis:
        ingester = Ingester(client.app.state.parts.sessions, Looking(redis, Service.RECEIPT_WITNESS))
        ingester.ingest(receipt_factory(store="kroger", seed=7).raw(), StoreSlug.KROGER, user.id)

    assert seen == [1]


def test_a_receipt_outlives_a_redis_that_is_away(client, user, receipt_factory, db_session, tmp_path):
    """The events are lost, the receipt is not: services read it when they catch up."""
    with Redis(unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0)) as redis:
        ingester = Ingester(client.app.state.parts.sessions, EventPublisher(redis, Service.RECEIPT_WITNESS))

        ingester.ingest(receipt_factory(store="kroger", seed=7).raw(), StoreSlug.KROGER, user.id)

    assert len(client.get("/purchases").json()["items"]) == 1


def test_a_receipt_that_cannot_be_read_stops_no_other(
    client, user, pages, save_page, sync, receipt_factory, db_session
):
    """The rest is stored, and the sync has failed."""
    save_page(user, receipt_factory(store="kroger", seed=7))
    with (pages / "kroger" / f"{user.id}.jsonl").open("a") as page:
        page.write('{"orderId": "KR-2026-0101-0001", "detail": {"items": []}}\n')
    save_page(user, receipt_factory(store="kroger", seed=8))

    sync(user.id, StoreSlug.KROGER)

    assert db_session.scalar(select(func.count()).select_from(Purchase)) == 2
    assert _state(client, user, "kroger")["status"] == "failed"


@pytest.mark.parametrize(
    "wrong",
    [{"note": "\ud83c"}, {"note": float("nan")}, {"items": [DEAR]}],
    ids=["half an emoji", "not a number", "a price beyond its column"],
)
def test_a_receipt_that_cannot_be_stored_stops_no_other(
    client, user, pages, save_page, sync, receipt_factory, db_session, wrong
):
    """As one that cannot be read."""
    save_page(user, receipt_factory(store="kroger", seed=7))
    with (pages / "kroger" / f"{user.id}.jsonl").open("a") as page:
        page.write(json.dumps(receipt_factory(store="kroger", seed=9).raw() | wrong) + "\n")
    save_page(user, receipt_factory(store="kroger", seed=8))

    sync(user.id, StoreSlug.KROGER)

    assert db_session.scalar(select(func.count()).select_from(Purchase)) == 2
    assert _state(client, user, "kroger")["status"] == "failed"


def test_a_sync_that_breaks_off_has_failed(client, user, sync, pages, redis_client):
    """Also where it begins and where it ends; the next may begin."""

    class Mute(SyncBoard):
        def post(self, user_id, store, job):
            raise RedisError

    board, mute = (each(redis_client, patience=900) for each in (SyncBoard, Mute))
    parts = client.app.state.parts
    begins = Syncer(parts.sessions, mute, Folder(pages), None)
    ends = Syncer(None, board, Folder(pages), None)
    for store, syncer in (StoreSlug.KROGER, begins), (StoreSlug.MEIJER, ends):
        client.app.state.parts = replace(parts, syncer=syncer)
        sync(user.id, store)

        assert _state(client, user, store)["status"] == "failed"
        assert board.claim(user.id, store) is not None


def test_the_call_holds_no_connection_while_its_sync_runs(client, user, sync):
    """Its transaction would otherwise be open as long."""
    parts = client.app.state.parts
    pool = parts.sessions.kw["bind"].pool
    held = []

    class Looking:
        def receipts(self, store, user_id):
            held.append(pool.checkedout())
            return iter(())

    syncer = Syncer(parts.sessions, parts.syncer.board, Looking(), None)
    client.app.state.parts = replace(parts, syncer=syncer)

    sync(user.id, StoreSlug.KROGER)

    assert held == [0]


def test_a_line_has_the_same_product_at_every_store(
    client, user, save_page, sync, receipt_factory, db_session
):
    """A national brand is one product, whatever digits a store prints of its code."""
    for store in StoreSlug:
        for receipt in receipt_factory.batch(12, store=store):
            save_page(user, receipt)
        sync(user.id, store)

    stores = func.count(PriceHistory.store_id.distinct())
    per_product = select(stores).group_by(PriceHistory.normalized_product_id)
    codes = [
        code for variants in db_session.scalars(select(NormalizedProduct.upc_variants)) for code in variants
    ]
    assert max(db_session.scalars(per_product)) == 3
    assert len(codes) == len(set(codes))


def test_a_state_says_how_far_a_sync_is(client, user, save_page, sync, receipt_factory, db_session):
    """Idle before the first, completed after it, with the moment and the number of lines."""
    save_page(user, receipt_factory(store="target", lines=5, seed=7))
    assert _state(client, user, "target") == {
        "store_slug": "target",
        "status": "idle",
        "last_sync_at": None,
        "items_synced": None,
    }

    sync(user.id, StoreSlug.TARGET)

    state = _state(client, user, "target")
    assert (state["status"], state["items_synced"]) == (
        "completed",
        db_session.scalar(select(func.count()).select_from(PurchaseItem)),
    )
    assert db_session.scalar(select(func.max(UserStoreAccount.last_sync_at))) is not None


def test_a_store_is_not_read_again_at_once(client, user, sync):
    """The next sync within the pause is refused, with the seconds to wait."""
    client.app.dependency_overrides[get_now] = utc_now
    sync(user.id, StoreSlug.MEIJER)

    answer = client.post("/sync/meijer", json={"user_id": str(user.id)})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_sync_at_work_is_told_and_not_doubled(client, user):
    """A second call gets the job of the first, as running."""
    job = client.app.state.parts.syncer.board.claim(user.id, StoreSlug.KROGER)

    answer = client.post("/sync/kroger", json={"user_id": str(user.id)})

    told = answer.json()
    assert (answer.status_code, told["job_id"], told["status"]) == (202, str(job.job_id), "running")


def test_a_sync_that_another_call_starts_at_the_same_moment_is_told(client, user, redis_client):
    """Who comes second gets the job of who was first."""
    first = []

    class Overtaken(SyncBoard):
        def claim(self, user_id, store):
            first.append(super().claim(user_id, store))
            return super().claim(user_id, store)

    client.app.state.parts.syncer.board = Overtaken(redis_client, patience=900)

    told = client.post("/sync/kroger", json={"user_id": str(user.id)}).json()

    assert (told["job_id"], told["status"]) == (str(first[0].job_id), "running")


def test_a_sync_that_another_call_ends_at_the_same_moment_may_start_again(client, user, redis_client):
    """In a second."""

    class Overtaken(SyncBoard):
        def claim(self, user_id, store):
            job = super().claim(user_id, store)
            self.release(user_id, store, job.model_copy(update={"status": SyncStatus.COMPLETED}))

    client.app.state.parts.syncer.board = Overtaken(redis_client, patience=900)

    answer = client.post("/sync/kroger", json={"user_id": str(user.id)})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_a_sync_whose_process_died_has_failed(client, user, redis_client):
    """The next may begin once the lock has run out."""
    board = client.app.state.parts.syncer.board
    board.claim(user.id, StoreSlug.KROGER)
    redis_client.delete(f"receiptwitness:sync:{user.id}:kroger:lock")

    assert _state(client, user, "kroger")["status"] == "failed"
    assert board.claim(user.id, StoreSlug.KROGER) is not None


def test_a_store_without_an_account_has_nothing_to_fetch(client, user_factory):
    """404, in problem details."""
    answer = client.post("/sync/kroger", json={"user_id": str(user_factory.create_sync().id)})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def _state(client, user, store):
    states = client.get("/sync/status", params={"user_id": str(user.id)}).json()
    return next(state for state in states if state["store_slug"] == store)
