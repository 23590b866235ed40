"""Real HTTP: an app made of the schemas keeps its document, on the wire and in both directions."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI, HTTPException, Path, Query
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as AnyHTTPException

from cartsnitch_common.schemas import rest
from cartsnitch_contracts import places
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.payloads import problems
from cartsnitch_contracts.rest import Operation
from cartsnitch_contracts.validation import Schema, validator
from served import KEY, invalid, known_service, refused

START = datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)
DOCUMENTS = {name: snapshot().rest[name] for name in ("receiptwitness", "clipartist")}
STORED = [
    rest.ObservedPrice(
        price_history_id=UUID(int=number),
        normalized_product_id=UUID(int=1),
        store_slug="kroger",
        observed_date=START.date(),
        regular_price=Decimal("3.99") + number,
        source="receipt",
        created_at=START + timedelta(seconds=number // 4),  # four rows have the same moment
    )
    for number in range(25)
]


def place(price: rest.ObservedPrice) -> rest.Cursor:
    """Where a price stands in its list."""
    return rest.Cursor(price.created_at, price.price_history_id)


app = FastAPI(
    dependencies=[Depends(known_service)],
    exception_handlers={RequestValidationError: invalid, AnyHTTPException: refused},
)


@app.get("/prices")
def prices(query: Annotated[rest.PricesQuery, Query()]) -> rest.PricePage:
    """Pages of what is stored, as SQL would find them: behind the cursor, or from the moment on."""
    found = [price for price in STORED if query.store_slug in (None, price.store_slug)]
    if query.cursor:
        try:
            start = rest.Cursor.parse(query.cursor)
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        found = [price for price in found if place(price) > start]
    elif query.since:
        found = [price for price in found if price.created_at >= query.since]
    return rest.PricePage.of(found[: query.limit + 1], query, place)


@app.get("/products/{id}")
def product(identity: Annotated[UUID, Path(alias="id")]) -> rest.ProductDetail:
    """One product is known, and no other."""
    if identity != UUID(int=1):
        raise HTTPException(404, "There is no product of that id.")
    return rest.ProductDetail(
        id=identity, created_at=START, updated_at=START, canonical_name="Crème fraîche", upc_variants=["4011"]
    )


@app.post("/optimize")
def optimize(wanted: rest.OptimizeRequest) -> rest.ShoppingPlan:
    """Everything at one store, for a dollar each."""
    items = [
        rest.TripItem(name=item.name, price=Decimal(1), product_id=item.product_id) for item in wanted.items
    ]
    total = sum((item.price for item in items), Decimal(0))
    trip = rest.Trip(
        store_id=UUID(int=2), store_name="Kroger", items=items, subtotal=total, coupons=[], savings=Decimal(0)
    )
    return rest.ShoppingPlan(trips=[trip], total_cost=total, total_savings=Decimal(0))


@pytest.fixture
async def service():
    """A client with the key, straight into the app."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service", headers={rest.SERVICE_KEY: KEY}
    ) as client:
        yield client


def operation(name: str) -> Operation:
    """An operation of the documents."""
    owner = "clipartist" if name == "POST /optimize" else "receiptwitness"
    return DOCUMENTS[owner].operation(name)


def misfits(schema: Schema, text: str | bytes) -> list[str]:
    """What is wrong with a body on the wire."""
    return [str(problem) for problem in problems(validator(schema), json.loads(text))]


def kept(name: str, response: httpx.Response) -> Any:
    """The body, which has the media type and the writer's schema that the document says for its status."""
    sides = operation(name).responses[str(response.status_code)]
    assert response.headers["content-type"].partition(";")[0] == sides.media_type
    assert misfits(sides.writer, response.content) == []
    assert misfits(sides.reader, response.content) == []
    return response.json()


async def test_a_get_keeps_its_document(service):
    """Its answer on the wire is what the writer's schema says, and the caller's class reads it."""
    response = await service.get("/products/00000000-0000-0000-0000-000000000001")

    body = kept("GET /products/{id}", response)
    assert body["canonical_name"] == "Crème fraîche"
    assert rest.ProductDetail.model_validate_json(response.content).model_dump(mode="json") == body


async def test_a_subscriber_catches_up_over_http(service):
    """Page by page, each row once and in order, also where rows share a moment; then nothing new."""
    seen: list[rest.ObservedPrice] = []
    query, more = rest.PricesQuery(since=START + timedelta(seconds=1), limit=6), True

    while more and len(seen) <= 25:
        response = await service.get("/prices", params=query.wire())
        kept("GET /prices", response)
        page = rest.PricePage.model_validate_json(response.content)
        seen += page.items
        query, more = rest.PricesQuery(cursor=page.next_cursor, limit=6), page.has_more
    at_the_end = kept("GET /prices", await service.get("/prices", params=query.wire()))

    assert seen == STORED[4:]
    assert at_the_end == {"items": [], "next_cursor": query.cursor, "has_more": False}


@pytest.mark.parametrize("name", DOCUMENTS["clipartist"].examples["POST /optimize"]["request"].accepted)
async def test_a_post_takes_every_accepted_example(service, name):
    """As the document's JSON, and as the caller's class writes it, which keeps the writer's schema."""
    example = DOCUMENTS["clipartist"].examples["POST /optimize"]["request"].accepted[name]
    sent = rest.OptimizeRequest.model_validate(example).model_dump_json()

    as_it_stands = await service.post("/optimize", json=example)
    as_it_is_written = await service.post(
        "/optimize", content=sent, headers={"content-type": "application/json"}
    )

    assert misfits(operation("POST /optimize").request.writer, sent) == []
    assert kept("POST /optimize", as_it_stands) == kept("POST /optimize", as_it_is_written)
    assert rest.ShoppingPlan.model_validate_json(as_it_stands.content).total_cost == len(example["items"])


async def test_a_post_refuses_every_rejected_example_at_its_place(service):
    """With problem details that keep the document, and a JSON Pointer to what is wrong."""
    raw = DOCUMENTS["clipartist"].openapi["paths"]["/optimize"]["post"]["requestBody"]["content"]
    changes = raw["application/json"]["x-cartsnitch-rejected"]
    rejected = DOCUMENTS["clipartist"].examples["POST /optimize"]["request"].rejected

    for change, variant in zip(changes, rejected, strict=True):
        response = await service.post("/optimize", json=variant.event)

        body = kept("POST /optimize", response)
        (wrong,) = [*change.get("set", {}), *change.get("drop", ())]
        pointer = "".join(f"/{step}" for step in places.parse(wrong))
        assert response.status_code == body["status"] == 422, variant.reason
        assert {(error["part"], error["pointer"]) for error in body["errors"]} == {("body", pointer)}, (
            variant.reason
        )


async def test_a_body_that_is_no_json_is_a_problem_of_the_body(service):
    """Not of a field with the number of a character."""
    response = await service.post("/optimize", content=b"{", headers={"content-type": "application/json"})

    body = kept("POST /optimize", response)
    assert [(error["part"], error["pointer"], error["kind"]) for error in body["errors"]] == [
        ("body", "", "json_invalid")
    ]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "/limit"),
        ({"store_slug": "aldi"}, "/store_slug"),
        ({"sinse": "2026-03-10"}, "/sinse"),
    ],
)
async def test_a_query_is_strict(service, query, parameter):
    """A value that is not known, or a name, is told in the problem's errors."""
    response = await service.get("/prices", params=query)

    body = kept("GET /prices", response)
    assert [(error["part"], error["pointer"]) for error in body["errors"]] == [("query", parameter)]


async def test_a_foreign_cursor_is_a_problem(service):
    """It fits the schema, and says nothing to this list."""
    response = await service.get("/prices", params={"cursor": "page-2"})

    assert "is no cursor of this list" in kept("GET /prices", response)["detail"]


async def test_what_is_not_there_is_a_problem(service):
    """With the path that was asked for, and no member that is null."""
    response = await service.get("/products/00000000-0000-0000-0000-000000000009")

    assert kept("GET /products/{id}", response) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no product of that id.",
        "instance": "/products/00000000-0000-0000-0000-000000000009",
    }


async def test_without_a_key_nothing_is_served(service):
    """Not even an answer to whether the request would fit."""
    del service.headers[rest.SERVICE_KEY]

    response = await service.get("/prices", params={"limit": "none"})

    assert kept("GET /prices", response)["status"] == 401


@pytest.mark.parametrize("name", ["GET /prices", "GET /products/{id}", "POST /optimize"])
def test_what_fastapi_says_of_the_app_is_what_the_document_says(name):
    """The same parameters and bodies, to the reader's schema; its own `openapi.json` knows no writer."""
    method, _, path = name.partition(" ")
    written = app.openapi()["paths"][path][method.lower()]
    described = {each.name for each in operation(name).parameters}

    assert {each["name"] for each in written.get("parameters", ()) if each["in"] != "header"} == described
    assert ("requestBody" in written) == (operation(name).request is not None)
