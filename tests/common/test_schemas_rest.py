"""What services call of each other: strict requests, tolerant answers, pages without gaps, one error body."""

import inspect
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from cartsnitch_common.constants import StoreSlug, SyncStatus
from cartsnitch_common.schemas import Reader, RequestBody, events, rest

MODELS = [model for model in vars(rest).values() if isinstance(model, type) and issubclass(model, BaseModel)]
OBJECTS = [model for model in MODELS if model is not rest.SyncStates]
MOMENT = datetime(2026, 3, 10, 14, 2, 11, 123456, tzinfo=UTC)
IDENTITY = UUID("01950000-7c1a-7000-8000-000000000001")
PRICE = {
    "price_history_id": str(IDENTITY),
    "normalized_product_id": str(IDENTITY),
    "store_slug": "kroger",
    "observed_date": "2026-03-10",
    "regular_price": "3.99",
    "source": "receipt",
    "created_at": "2026-03-10T14:02:11Z",
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_schema_says_what_it_is(model):
    """The docstring ends up as the description in the documents."""
    assert inspect.getdoc(model)
    assert model.__doc__ != BaseModel.__doc__


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model is not rest.SyncStates], ids=lambda model: model.__name__
)
def test_requests_are_strict_and_answers_tolerant(model):
    """The two differ in what they do with a name that they do not know."""
    strict = issubclass(model, RequestBody)

    assert issubclass(model, Reader) is not strict
    assert model.model_config["extra"] == ("forbid" if strict else "ignore")


def test_the_schemas_of_rest_cost_nothing_where_they_are_not_used():
    """A service that only handles events loads none of them."""
    code = (
        "import sys, cartsnitch_common.schemas, cartsnitch_common.events;"
        "print([name for name in sys.modules if name.startswith('cartsnitch_common.schemas.rest')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_read_back_as_it_was_written(moment, identity):
    """To the microsecond, in any year, and it needs no escaping in a URL."""
    cursor = rest.Cursor(moment, identity)

    query = rest.PageQuery(cursor=str(cursor))

    assert rest.Cursor.parse(query.cursor) == cursor


@pytest.mark.parametrize("text", ["", "a" * 31, "a" * 33, "a" * 31 + "+", "f" * 32, "é" * 32, "AAAA\n" * 7])
def test_what_is_no_cursor_is_refused_with_a_remedy(text):
    """Also a place beyond the calendar."""
    with pytest.raises(ValueError, match="send the 'next_cursor' of a page as it came"):
        rest.Cursor.parse(text)


def test_a_subscriber_catches_up_without_gap_or_repetition():
    """Rows of one moment, page by page, and what is recorded in between; then it waits at the end."""
    rows = [rest.Cursor(MOMENT, UUID(int=number)) for number in range(5)]
    seen: list[rest.Cursor] = []
    query, more = rest.PageQuery(since=MOMENT, limit=2), True

    while more and len(seen) <= 25:
        start = rest.Cursor.parse(query.cursor) if query.cursor else (query.since, UUID(int=0))
        behind = [row for row in rows if row > start or (query.cursor is None and row >= start)]
        page = rest.Page[tuple[datetime, UUID]].of(behind[: query.limit + 1], query, lambda row: row)
        seen += [rest.Cursor(*item) for item in page.items]
        if len(rows) == 5:
            rows.append(rest.Cursor(MOMENT + timedelta(seconds=1), UUID(int=0)))
        query, more = rest.PageQuery(cursor=page.next_cursor, limit=2), page.has_more
    nothing_new = rest.Page[tuple[datetime, UUID]].of([], query, lambda row: row)

    assert seen == rows
    assert (nothing_new.items, nothing_new.next_cursor) == ([], str(rows[-1]))
    assert not nothing_new.has_more


@pytest.mark.parametrize(
    ("found", "held", "more"), [(0, 0, False), (1, 1, False), (2, 2, False), (3, 2, True)]
)
def test_a_page_holds_its_limit_and_says_whether_there_is_more(found, held, more):
    """A last page that is just full is told from one that is followed by another."""
    rows = [rest.Cursor(MOMENT, UUID(int=number)) for number in range(found)]

    page = rest.Page[tuple[datetime, UUID]].of(rows, rest.PageQuery(limit=2), lambda row: row)

    assert (len(page.items), page.has_more) == (held, more)


def test_an_empty_list_has_no_place_to_go_on_from():
    """The caller asks again as before."""
    page = rest.PricePage.of([], rest.PricesQuery(), lambda price: rest.Cursor(price.created_at, IDENTITY))

    assert page.model_dump(mode="json") == {"items": [], "next_cursor": None, "has_more": False}


@pytest.mark.parametrize("limit", ["0", "1001", "ten", "", "1.5"])
def test_a_page_holds_one_to_a_thousand_items(limit):
    """What a query string says is read as a number, and refused beyond that."""
    assert rest.PageQuery.model_validate({"limit": "1000"}).limit == 1000
    with pytest.raises(ValidationError):
        rest.PageQuery.model_validate({"limit": limit})


def test_a_query_is_put_into_a_url_and_read_back():
    """What is not set is left out, and what is set keeps its exact value."""
    query = rest.IncreasesQuery(since=MOMENT, store_slug=StoreSlug.MEIJER, min_percent=Decimal("12.5"))

    assert query.wire() == {
        "since": "2026-03-10T14:02:11.123456Z",
        "store_slug": "meijer",
        "min_percent": "12.50",
        "limit": 100,
    }
    assert rest.IncreasesQuery.model_validate({k: str(v) for k, v in query.wire().items()}) == query


def test_a_misspelt_parameter_is_refused():
    """Otherwise it would quietly answer another question."""
    with pytest.raises(ValidationError, match="produkt_id"):
        rest.PricesQuery.model_validate({"produkt_id": str(IDENTITY)})


@pytest.mark.parametrize(
    ("read", "announced"),
    [
        (rest.ObservedPrice, events.PriceUpdate),
        (rest.PurchaseSummary, events.ReceiptsIngested),
        (rest.PriceIncrease, events.PriceIncreaseAlert),
        (rest.ShrunkProduct, events.ShrinkflationAlert),
    ],
)
def test_a_list_says_all_that_the_event_said(read, announced):
    """So a subscriber that was away misses no field; a receipt's `purchase_id` is its `id`."""
    fields = {"purchase_id" if name == "id" else name for name in read.model_fields}

    assert set(announced.model_fields) <= fields


def test_a_price_that_was_caught_up_is_the_price_that_was_announced():
    """The event's class reads it as it stands, and a handler need not tell the two apart."""
    price = rest.ObservedPrice.model_validate(PRICE)

    update = events.PriceUpdate.model_validate(price.model_dump())

    assert events.PricesUpdated(prices=[update]).idempotency_keys == (str(IDENTITY),)


def test_an_answer_outlives_a_newer_service():
    """Unknown fields are ignored, and an unknown store or state stays a plain string."""
    states = rest.SyncStates.model_validate(
        [
            {"store_slug": "aldi", "status": "paused", "next_sync_at": "soon"},
            {"store_slug": "target", "status": "idle"},
        ]
    )

    assert [(state.store_slug, state.status) for state in states.root] == [
        ("aldi", "paused"),
        (StoreSlug.TARGET, SyncStatus.IDLE),
    ]


def test_a_problem_says_only_what_is_known():
    """A member without a value is left out: RFC 9457 knows no null."""
    problem = rest.ProblemDetails(title="Not Found", status=404)

    assert problem.model_dump(mode="json") == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
    }


def test_a_request_that_is_not_valid_is_told_every_place():
    """As JSON Pointers into its parts; the values themselves, which may be secret, are left out."""
    body = {"user_id": "hunter2", "items": [{"name": "Oat milk", "quantity": "0"}], "a/b~c": 1}
    with pytest.raises(ValidationError) as caught:
        rest.OptimizeRequest.model_validate(body)

    problem = rest.ProblemDetails.of_validation(caught.value.errors(), instance="/optimize")

    assert (problem.status, problem.instance) == (422, "/optimize")
    assert (problem.type, problem.title) == ("about:blank", "Unprocessable Content")
    assert problem.detail == "3 values to correct, see errors."
    assert [(error.part, error.pointer, error.kind) for error in problem.errors] == [
        ("body", "/user_id", "uuid_parsing"),
        ("body", "/items/0/quantity", "exact_decimal"),
        ("body", "/a~1b~0c", "extra_forbidden"),
    ]
    assert "hunter2" not in problem.model_dump_json()


@pytest.mark.parametrize(
    ("location", "kind", "part", "pointer"),
    [
        (("query", "limit"), "int_parsing", "query", "/limit"),
        (("path", "id"), "uuid_parsing", "path", "/id"),
        (("body",), "missing", "body", ""),
        (("body", 17), "json_invalid", "body", ""),
        ((), "model_type", "body", ""),
    ],
)
def test_a_problem_names_the_part_of_the_request(location, kind, part, pointer):
    """As a web framework tells its errors: the part first."""
    error = RequestValidationError([{"loc": location, "type": kind, "msg": "No"}])

    problem = rest.ProblemDetails.of_validation(error.errors())

    assert problem.detail == "1 value to correct, see errors."
    assert [(found.part, found.pointer, found.kind) for found in problem.errors] == [(part, pointer, kind)]


@pytest.mark.parametrize("errors", [{"period": "1 h"}, {"errors": [{"error_type": "OSError", "count": 0}]}])
def test_error_counts_are_strict(errors):
    """A report that a newer or an erring service sends is refused, not half read."""
    report = {
        "report_id": str(uuid4()),
        "service": "stickershock",
        "period_start": "2026-03-10T14:00:00Z",
        "period_end": "2026-03-10T15:00:00Z",
        "errors": [{"error_type": "TimeoutError", "count": 3}],
    }
    assert rest.ErrorStats.model_validate(report).errors[0].count == 3

    with pytest.raises(ValidationError):
        rest.ErrorStats.model_validate(report | errors)
