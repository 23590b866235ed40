"""The running service, as other services meet it."""

from decimal import Decimal

import pytest
from conftest import KEY
from fastapi.testclient import TestClient
from observed import FIRST, seen, served
from wire import wire

from cartsnitch_common.config import get_settings
from cartsnitch_common.constants import EventType, Service, StoreSlug
from cartsnitch_common.events import publish_event
from cartsnitch_common.models import new_id
from cartsnitch_common.schemas.events import PriceIncreaseAlert, PricesUpdated
from cartsnitch_common.schemas.rest import SERVICE_KEY, Inflation, PriceIncreasePage
from stickershock.main import app
from stickershock.watch import utc_now

BEFORE, AFTER = ["3.49"] * 6, ["3.99"] * 4


@pytest.fixture
def products(receiptwitness):
    """Three products, in two categories."""
    made = {new_id(): category for category in ("dairy", "dairy", "produce")}
    for number, (product_id, category) in enumerate(made.items()):
        product = {"id": str(product_id), "canonical_name": f"Product {number}", "category": category}
        receiptwitness.add(product, to="/products")
    return list(made)


@pytest.fixture
def risen(products, receiptwitness):
    """Prices that ReceiptWitness recorded while this service was away: all rose, one at Target."""
    stores = (StoreSlug.KROGER, StoreSlug.TARGET, StoreSlug.KROGER)
    for product_id, store in zip(products, stores, strict=True):
        receiptwitness.add(*served(seen(product_id, *BEFORE, *AFTER, store=store)))


@pytest.fixture
def caught_up(risen, client, published_events):
    """The service, once it has told of the three."""
    for _ in range(3 - len(published_events.of(PriceIncreaseAlert))):
        published_events.wait_for(PriceIncreaseAlert)
    return client


def test_a_published_price_becomes_an_alert(client, products, redis_client, published_events):
    """From the bus to the bus, through the subscriber of the running service."""
    payload = PricesUpdated(prices=seen(products[0], *BEFORE, *AFTER))

    publish_event(redis_client, EventType.PRICES_UPDATED, Service.RECEIPT_WITNESS, payload)
    alert = published_events.wait_for(PriceIncreaseAlert).payload

    assert (alert.normalized_product_id, alert.canonical_name) == (products[0], "Product 0")
    assert alert.percent_change == Decimal("14.33")


def test_the_start_catches_up(caught_up):
    """What was recorded while the service was away is told, and listed."""
    page = PriceIncreasePage.model_validate_json(caught_up.get("/increases").content)

    assert {item.canonical_name for item in page.items} == {"Product 0", "Product 1", "Product 2"}


def test_a_gap_is_caught_up_with(
    service_environment, monkeypatch, redis_url, receiptwitness, products, published_events
):
    """What was recorded while the connection was away, and told by no event, is read by REST."""
    with wire(redis_url) as connection:
        monkeypatch.setenv("CARTSNITCH_REDIS_URL", connection.url)
        get_settings.cache_clear()
        with TestClient(app):
            receiptwitness.add(*served(seen(products[0], *BEFORE, *AFTER)))
            connection.cut()

            alert = published_events.wait_for(PriceIncreaseAlert).payload

    assert alert.canonical_name == "Product 0"


def test_increases_come_in_pages(caught_up):
    """Each once."""
    first = caught_up.get("/increases", params={"limit": 2}).json()

    second = caught_up.get("/increases", params={"limit": 2, "cursor": first["next_cursor"]}).json()

    names = [item["canonical_name"] for item in first["items"] + second["items"]]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert sorted(names) == ["Product 0", "Product 1", "Product 2"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"store_slug": "target"}, 1),
        ({"min_percent": "14.33"}, 3),
        ({"min_percent": "14.34"}, 0),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
    ],
)
def test_increases_are_filtered(caught_up, query, count):
    """By store, size and time."""
    assert len(caught_up.get("/increases", params=query).json()["items"]) == count


def test_what_was_just_found_is_not_served_yet(caught_up):
    """Lists leave out what is less than a minute old."""
    app.dependency_overrides[utc_now] = utc_now

    assert caught_up.get("/increases").json()["items"] == []


def test_inflation_is_told_by_category(caught_up):
    """From the first day to the last, with the number of products."""
    query = {"since": str(FIRST), "until": "2026-03-31"}

    inflation = Inflation.model_validate_json(caught_up.get("/inflation", params=query).content)

    assert [(each.category, each.product_count) for each in inflation.categories] == [
        ("dairy", 2),
        ("produce", 1),
    ]
    assert inflation.overall_percent_change == Decimal("14.33")


@pytest.mark.parametrize(
    ("query", "categories"),
    [
        ({"category": "produce"}, ["produce"]),
        ({"store_slug": "target"}, ["dairy"]),
        ({"since": "2026-03-10"}, []),
    ],
)
def test_inflation_is_of_what_was_asked(caught_up, query, categories):
    """One category, one store, one time; a single day tells nothing."""
    query = {"since": str(FIRST), "until": "2026-03-31", **query}

    answer = caught_up.get("/inflation", params=query).json()

    assert [each["category"] for each in answer["categories"]] == categories


def test_inflation_is_of_a_year_unless_said(client):
    """Also at the beginning of the calendar."""
    assert client.get("/inflation", params={"until": "2024-02-29"}).json()["since"] == "2023-02-28"
    assert client.get("/inflation", params={"until": "0001-06-01"}).json()["since"] == "0001-01-01"


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("/increases", {"cursor": "nonsense"}, "/cursor"),
        ("/increases", {"store_slug": "aldi"}, "/store_slug"),
        ("/inflation", {"month": "may"}, "/month"),
    ],
)
def test_a_wrong_query_is_refused(client, path, query, pointer):
    """422, with the place."""
    answer = client.get(path, params=query)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_product_without_a_category_counts_as_other(receiptwitness, client, redis_client, published_events):
    """ReceiptWitness need not know one."""
    product_id = new_id()
    receiptwitness.add({"id": str(product_id), "canonical_name": "Thing", "category": None}, to="/products")
    payload = PricesUpdated(prices=seen(product_id, *BEFORE, *AFTER))

    publish_event(redis_client, EventType.PRICES_UPDATED, Service.RECEIPT_WITNESS, payload)
    published_events.wait_for(PriceIncreaseAlert)
    query = {"since": str(FIRST), "until": "2026-03-31"}

    assert [each["category"] for each in client.get("/inflation", params=query).json()["categories"]] == [
        "other"
    ]


def test_a_fault_is_answered_with_problem_details(service_environment):
    """500, and nothing of what went wrong."""
    app.dependency_overrides[utc_now] = lambda: 1 / 0
    with TestClient(app, headers={SERVICE_KEY: KEY}, raise_server_exceptions=False) as client:
        answer = client.get("/increases")
    app.dependency_overrides.clear()

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in answer.text


@pytest.mark.parametrize("path", ["/increases", "/inflation"])
def test_without_a_known_key_nothing_is_served(client, path):
    """401, in problem details."""
    answer = client.get(path, headers={"X-Service-Key": "somebody"})

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
