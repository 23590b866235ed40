"""A stub that keeps what it is given: lists in pages, objects by id, synchronisations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from cartsnitch_common.models import NormalizedProduct, PriceHistory, Purchase, PurchaseItem, Store
from cartsnitch_common.schemas import rest
from cartsnitch_contracts.service.stubs import StubError, stub

USER = "01950000-7c1a-7000-8000-000000000007"
START = datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)


def price(number: int, **others) -> rest.ObservedPrice:
    """One of many; four have the same moment."""
    return rest.ObservedPrice(
        price_history_id=UUID(int=number),
        normalized_product_id=UUID(int=number % 3),
        observed_date=date(2026, 3, 10),
        regular_price=Decimal("3.99") + number,
        source="receipt",
        created_at=START + timedelta(seconds=number // 4),
        **({"store_slug": "kroger"} | others),
    )


def numbers(page: dict) -> list[int]:
    """Which prices a page holds."""
    return [UUID(item["price_history_id"]).int for item in page["items"]]


def test_a_list_is_read_to_its_end(receiptwitness, client):
    """In pages, oldest first and then by id, nothing skipped or twice; who asks again gets what is new."""
    receiptwitness.add(*(price(number) for number in reversed(range(12))))

    seen, page = [], {"next_cursor": None, "has_more": True}
    while page["has_more"]:
        query = rest.PricesQuery(cursor=page["next_cursor"], limit=4)
        page = client.get("/prices", params=query.wire()).json()
        seen.append(numbers(page))
    receiptwitness.add(price(12))
    new = client.get("/prices", params={"cursor": page["next_cursor"]}).json()

    assert seen == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert numbers(new) == [12]
    assert client.get("/prices", params={"cursor": new["next_cursor"]}).json() == {
        "items": [],
        "next_cursor": new["next_cursor"],
        "has_more": False,
    }


def test_a_list_is_filtered_as_its_parameters_say(receiptwitness, client):
    """By store, by product, by moment, and by all of them."""
    receiptwitness.add(*(price(number) for number in range(8)), price(8, store_slug="meijer"))

    asked = [
        {"store_slug": "meijer"},
        {"product_id": str(UUID(int=1))},
        {"since": "2026-03-10T14:02:12Z"},
        {"since": "2026-03-10T15:02:12+01:00", "product_id": str(UUID(int=1)).upper(), "limit": 1},
    ]
    found = [numbers(client.get("/prices", params=query).json()) for query in asked]

    assert found == [[8], [1, 4, 7], [4, 5, 6, 7, 8], [4]]
    assert receiptwitness.violations == []


def test_increases_are_filtered_by_their_percent(receiptwitness):
    """As numbers, not as text."""
    made = stub("stickershock")
    for number, percent in enumerate(["5.00", "10.00", "-2.00"]):
        made.add({"price_history_id": str(UUID(int=number)), "percent_change": percent}, to="/increases")
    with httpx.Client(
        transport=made.transport, base_url=made.base_url, headers={"X-Service-Key": "k"}
    ) as client:
        page = client.get("/increases", params={"min_percent": "5"}).json()

    assert [item["percent_change"] for item in page["items"]] == ["5.00", "10.00"]


def test_an_object_is_in_the_list_and_at_its_id(receiptwitness, client):
    """The list has it without its lines; before, both tell of the contract's example."""
    (before,) = client.get("/purchases").json()["items"]
    example = client.get(f"/purchases/{before['id']}").json()
    purchase = rest.PurchaseDetail.model_validate(
        example | {"id": "01950000-7c1a-7000-8000-000000000099", "total": "9.99"}
    )
    receiptwitness.add(purchase)

    (listed,) = client.get("/purchases", params={"user_id": example["user_id"]}).json()["items"]
    found = client.get(f"/purchases/{purchase.id}")
    gone = client.get(f"/purchases/{before['id']}")

    assert listed == rest.PurchaseSummary.model_validate(purchase.model_dump()).model_dump(mode="json")
    assert found.json() == purchase.model_dump(mode="json")
    assert (gone.status_code, gone.headers["content-type"]) == (404, rest.PROBLEM_JSON)
    assert rest.ProblemDetails.model_validate_json(gone.content).detail == (
        f"There is nothing of the id {before['id']} at /purchases."
    )
    assert client.get("/purchases", params={"user_id": str(UUID(int=5))}).json()["items"] == []


def test_an_object_added_again_takes_the_place_of_the_first(receiptwitness, client):
    """As an update of the row does."""
    receiptwitness.add({"id": str(UUID(int=1)), "canonical_name": "Oat milk"}, to="/products")
    receiptwitness.add({"id": str(UUID(int=1)), "canonical_name": "Soy milk"}, to="/products")

    assert client.get(f"/products/{UUID(int=1)}").json()["canonical_name"] == "Soy milk"


@pytest.mark.parametrize(
    ("thing", "to", "message"),
    [
        ({"total": 5}, "/purchases", "/purchases: total 5 is not of type"),
        ({"totl": "5.00"}, "/purchases", "/purchases: totl is not declared"),
        ({"total": "5.00"}, "", r"/prices: .*\n  /products: .*\n  /purchases: .*\nAdd an object of"),
        (
            rest.SyncJob(job_id=UUID(int=1), status="queued", message=""),
            "",
            "never answers with this SyncJob",
        ),
    ],
)
def test_what_the_service_never_answers_is_not_kept(receiptwitness, thing, to, message):
    """With what is wrong with it, for each collection that it might have been for."""
    with pytest.raises(StubError, match=message):
        receiptwitness.add(thing, to=to)


def test_a_receipt_without_its_lines_is_not_kept(receiptwitness, client):
    """By its id it could not be answered."""
    summary = rest.PurchaseSummary.model_validate(client.get("/purchases").json()["items"][0])

    with pytest.raises(StubError, match="/purchases: items is missing"):
        receiptwitness.add(summary)


def test_a_synchronisation_shows_in_the_states(receiptwitness, client):
    """From queued to its end, for its user alone; one at work is not started twice."""
    first = client.post("/sync/target", json={"user_id": USER}).json()
    second = client.post("/sync/target", json={"user_id": USER.upper()}).json()
    receiptwitness.syncs.run(USER, "target")
    running = client.get("/sync/status", params={"user_id": USER}).json()
    receiptwitness.syncs.finish(USER, "target", items=12, at=START)
    done = client.get("/sync/status", params={"user_id": USER}).json()
    third = client.post("/sync/target", json={"user_id": USER}).json()
    receiptwitness.syncs.fail(USER, "target")

    assert (first["status"], second["status"], third["status"]) == ("queued", "running", "queued")
    assert first["job_id"] == second["job_id"] != third["job_id"]
    assert [(state["store_slug"], state["status"]) for state in running] == [
        ("kroger", "completed"),
        ("meijer", "idle"),
        ("target", "running"),
    ]
    assert done[2] == {
        "store_slug": "target",
        "status": "completed",
        "last_sync_at": "2026-03-10T14:02:11Z",
        "items_synced": 12,
    }
    assert client.get("/sync/status", params={"user_id": USER}).json()[2]["status"] == "failed"
    others = client.get("/sync/status", params={"user_id": str(UUID(int=9))}).json()
    assert [state["store_slug"] for state in others] == ["kroger", "meijer"]


def test_only_what_was_started_ends(receiptwitness):
    """A slip of the test is told with what was started."""
    with pytest.raises(StubError, match=r"No sync of kroger was started for .*; started were: none"):
        receiptwitness.syncs.finish(USER, "kroger", items=1, at=START)


def test_a_row_is_answered_as_its_service_would():
    """As the factories save it: a purchase with its lines, a product, a price."""
    store = Store(id=UUID(int=1), name="Kroger", slug="kroger")
    common = {"created_at": START, "updated_at": START}
    line = PurchaseItem(
        id=UUID(int=4), purchase_id=UUID(int=3), product_name_raw="MILK", quantity=Decimal(1),
        unit_price=Decimal("3.99"), extended_price=Decimal("3.99"), **common,
    )  # fmt: skip
    purchase = Purchase(
        id=UUID(int=3), user_id=UUID(int=5), store_id=store.id, store=store, receipt_id="KR-1",
        purchase_date=START.date(), total=Decimal("3.99"), ingested_at=START, items=[line], **common,
    )  # fmt: skip
    product = NormalizedProduct(id=UUID(int=6), canonical_name="Milk", upc_variants=[], **common)
    seen = PriceHistory(
        id=UUID(int=7), normalized_product_id=product.id, store=store, observed_date=START.date(),
        regular_price=Decimal("3.99"), source="receipt", **common,
    )  # fmt: skip
    made = stub("receiptwitness")
    made.add(purchase, product, seen)

    with httpx.Client(
        transport=made.transport, base_url=made.base_url, headers={"X-Service-Key": "k"}
    ) as client:
        (listed,) = client.get("/purchases").json()["items"]
        detail = client.get(f"/purchases/{purchase.id}").json()
        (observed,) = client.get("/prices").json()["items"]

        assert client.get(f"/products/{product.id}").json()["canonical_name"] == "Milk"
    assert (listed["store_slug"], listed["item_count"], listed["total"]) == ("kroger", 1, "3.99")
    assert [item["product_name_raw"] for item in detail["items"]] == ["MILK"]
    assert (observed["price_history_id"], observed["store_slug"]) == (str(seen.id), "kroger")


def test_a_row_that_no_service_answers_with_is_not_kept(receiptwitness):
    """Nor one that is not saved, and lacks what the database sets."""
    with pytest.raises(StubError, match="No service answers with a row of Store; of these: Purchase"):
        receiptwitness.add(Store(name="Kroger", slug="kroger"))
    with pytest.raises(StubError, match=r"This NormalizedProduct lacks created_at, .*Save it first"):
        receiptwitness.add(NormalizedProduct(canonical_name="Milk", upc_variants=[]))
