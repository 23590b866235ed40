"""`/purchases`, `/products` and `/prices`, as other services read them."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.models import PriceHistory, Purchase, utc_now
from cartsnitch_common.schemas.rest import PricePage, PurchaseDetail, PurchasePage
from receiptwitness.main import app
from receiptwitness.parts import get_now


@pytest.fixture
def ingested(client, user, save_page, sync, receipt_factory):
    """Twenty receipts of Kroger, as the kit made them."""
    receipts = receipt_factory.batch(20, store="kroger")
    for receipt in receipts:
        save_page(user, receipt)
    sync(user.id, StoreSlug.KROGER)
    return receipts


@pytest.mark.parametrize(
    ("path", "page", "model"), [("/purchases", PurchasePage, Purchase), ("/prices", PricePage, PriceHistory)]
)
def test_pages_give_everything_once(client, ingested, db_session, path, page, model):
    """Page by page, nothing is skipped, nothing comes twice, and the last page says so."""
    seen, query = [], {"limit": 7}
    while True:
        answer = page.model_validate_json(client.get(path, params=query).content)
        seen += [getattr(item, "id", None) or item.price_history_id for item in answer.items]
        query["cursor"] = answer.next_cursor
        if not answer.has_more:
            break

    assert len(seen) == len(set(seen)) > 7
    assert set(seen) == set(db_session.scalars(select(model.id)))


def test_a_cursor_waits_for_what_is_new(client, ingested, user, save_page, sync, receipt_factory):
    """After the last page the same cursor gives nothing, and later what was recorded since."""
    cursor = client.get("/purchases", params={"limit": 1000}).json()["next_cursor"]
    again = client.get("/purchases", params={"cursor": cursor}).json()
    receipt = receipt_factory(store="meijer", seed=7)
    save_page(user, receipt)
    sync(user.id, StoreSlug.MEIJER)

    later = client.get("/purchases", params={"cursor": cursor}).json()

    assert (again["items"], again["has_more"], again["next_cursor"]) == ([], False, cursor)
    assert [purchase["receipt_id"] for purchase in later["items"]] == [receipt.receipt_id]


def test_a_fault_is_answered_with_problem_details(client):
    """500, and nothing of what went wrong."""
    app.dependency_overrides[get_now] = lambda: 1 / 0

    with TestClient(app, headers=client.headers, raise_server_exceptions=False) as caller:
        answer = caller.get("/prices")

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in answer.text


def test_what_was_just_recorded_is_not_served_yet(client, ingested):
    """An older row might still be on its way: lists leave out what is less than a minute old."""
    app.dependency_overrides[get_now] = utc_now

    assert client.get("/prices").json() == {"items": [], "next_cursor": None, "has_more": False}


def test_a_purchase_is_served_with_its_lines(client, ingested):
    """What was bought, to the cent."""
    summary = client.get("/purchases", params={"limit": 1}).json()["items"][0]

    detail = PurchaseDetail.model_validate_json(client.get(f"/purchases/{summary['id']}").content)

    receipt = next(each for each in ingested if each.receipt_id == detail.receipt_id)
    assert sum(item.extended_price for item in detail.items) == receipt.subtotal
    assert len(detail.items) == detail.item_count == summary["item_count"]


def test_prices_are_of_one_product_and_store(client, ingested):
    """Both filters hold, and the product is served under the id."""
    product_id = client.get("/prices").json()["items"][0]["normalized_product_id"]

    found = client.get("/prices", params={"product_id": product_id}).json()["items"]
    elsewhere = client.get("/prices", params={"product_id": product_id, "store_slug": "meijer"}).json()[
        "items"
    ]

    assert {price["normalized_product_id"] for price in found} == {product_id}
    assert elsewhere == []
    assert client.get(f"/products/{product_id}").json()["id"] == product_id


@pytest.mark.parametrize("path", ["/purchases/{}", "/products/{}"])
def test_what_does_not_exist_is_not_found(client, path):
    """404, in problem details."""
    answer = client.get(path.format("01950000-7c1a-7000-8000-000000000041"))

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"page": 2}, "/page"),
        ({"since": "yesterday"}, "/since"),
    ],
)
def test_a_wrong_query_is_refused(client, query, pointer):
    """422, with the place; also for a name that the contract does not know."""
    answer = client.get("/purchases", params=query)

    assert answer.status_code == 422
    assert [(error["part"], error["pointer"]) for error in answer.json()["errors"]] == [("query", pointer)]


@pytest.mark.parametrize("key", ["", "somebody", "a-key-of-the-test"])
@pytest.mark.parametrize("path", ["/purchases", "/prices", "/sync/status"])
def test_without_a_known_key_nothing_is_served(client, path, key):
    """401, also where the query is wrong."""
    answer = client.get(path, headers={"X-Service-Key": key}, params={"limit": 0})

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
