"""An application is held against its document, and every way to be wrong is told."""

from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import psycopg
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.exc import ProgrammingError
from starlette.applications import Starlette
from starlette.routing import Route

from cartsnitch_common.schemas import rest
from cartsnitch_contracts.service import serves
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.promise import BrokenPromise, Untested
from cartsnitch_contracts.service.serving.trial import AS_PROMISED, DEMANDED, DETAILED
from served import KEY, PROBLEMS, START, api, increase, known_service, refused, stickershock

STORED = [increase(number) for number in range(12)]


@pytest.mark.parametrize("operation", ["GET /increases", "GET /inflation"])
def test_a_right_application_keeps_its_promises(check, operation):
    """Without rows and with some, started and ended once."""
    log, stored = [], []
    rows = lambda: stored.extend(STORED) or {"store_slug": ["kroger"]}  # noqa: E731

    check(stickershock(stored, log=log), operation, rows=rows)

    assert (log[0], log[-1], log.count("start")) == ("start", "end", 1)
    assert ("yes" in log) == (operation == "GET /increases")


def test_a_right_application_with_a_body_keeps_its_promise(check):
    """It takes each accepted body and refuses each rejected one; it remembers, and answers otherwise then."""
    check(api(), "POST /internal/error-stats", service="api")


def without_a_field(query):
    """A page whose items lack what a reader needs."""
    page = rest.PriceIncreasePage(items=STORED[:1], has_more=False).model_dump(mode="json")
    del page["items"][0]["old_price"]
    return page


def float_money(query):
    """A page with numbers for money."""
    page = rest.PriceIncreasePage(items=STORED[:1], has_more=False).model_dump(mode="json")
    page["items"][0]["old_price"] = float(Decimal("3.49"))
    return page


def undeclared_field(query):
    """A page that says more."""
    return rest.PriceIncreasePage(items=[], has_more=False).model_dump(mode="json") | {"total": 0}


def naive_moment(query):
    """A page with a moment that may be anywhere."""
    page = rest.PriceIncreasePage(items=STORED[:1], has_more=False).model_dump(mode="json")
    page["items"][0]["created_at"] = "2026-03-10T14:02:11"
    return page


def unknown_status(query):
    """A status that nobody expects."""
    return JSONResponse({}, 206)


def redirect(query):
    """Elsewhere."""
    return RedirectResponse("/prices")


def html(query):
    """Another media type."""
    return PlainTextResponse('{"items": [], "next_cursor": null, "has_more": false}')


def no_json(query):
    """Something that says it is JSON."""
    return PlainTextResponse("<html>", media_type="application/json")


def bug(query):
    """An exception that nobody handles."""
    raise KeyError(query.limit)


def bug_at_the_edge(query):
    """An exception for few requests."""
    if query.limit > 900 and query.since:
        raise ZeroDivisionError("the thousandth")
    return rest.PriceIncreasePage(items=[], has_more=False)


def refuses_all(query):
    """An application that serves nobody."""
    raise HTTPException(422, "No.")


def refuses_meijer(query):
    """A value that the contract allows is refused."""
    if query.store_slug == "meijer":
        raise HTTPException(422, "No such store.")
    return rest.PriceIncreasePage(items=[], has_more=False)


@pytest.mark.parametrize(
    ("increases", "told"),
    [
        (without_a_field, ["items[[]0[]].old_price  is missing"]),
        (float_money, ['items[[]0[]].old_price  3.49 is not of type "string"']),
        (undeclared_field, ["total  is not declared"]),
        (naive_moment, ['items[[]0[]].created_at  "2026-03-10T14:02:11" is not a "date-time"']),
        (unknown_status, ["status 206 is not in the contract, which has 200, 401, 422"]),
        (redirect, ["status 307 is not in the contract*"]),
        (html, ["media type text/plain, and the contract has application/json for 200"]),
        (no_json, ["the body is not JSON: *"]),
        (bug, ["status 500 is not in the contract*", "raised KeyError: 100 at test_serves.py:*raise *"]),
        (bug_at_the_edge, ["*limit=9*since=*", "raised ZeroDivisionError: the thousandth*"]),
        (refuses_all, ["GET /increases", "what the contract allows is refused"]),
        (refuses_meijer, ["GET /increases[?]store_slug=meijer", "what the contract allows is refused"]),
    ],
)  # fmt: skip
def test_a_wrong_answer_breaks_the_promise(check, increases, told):
    """With the smallest request, what is wrong, and how to see it again."""
    with pytest.raises(BrokenPromise) as broken:
        check(stickershock([], increases=increases), search=Search(examples=100))

    matcher = pytest.LineMatcher(str(broken.value).splitlines())
    matcher.fnmatch_lines(
        [
            "service_of_the_test:app answered GET /increases as its contract does not allow.",
            "smallest request (*):",
            *(f"*{line}" for line in told),
            "again     curl *http://localhost:8000/increases*",
        ]
    )


def test_a_report_reads_from_the_request_to_the_remedy(check):
    """In the order in which one asks."""
    with pytest.raises(BrokenPromise) as broken:
        check(stickershock(list(STORED), increases=float_money))

    assert str(broken.value).splitlines() == [
        "service_of_the_test:app answered GET /increases as its contract does not allow.",
        "smallest request (the plainest request):",
        "    GET /increases",
        "answer    200 application/json",
        '    items[0].old_price  3.49 is not of type "string"',
        str(broken.value).splitlines()[5],
        "contract  documents/rest/stickershock/next.json; called by ClipArtist, API",
        "world     no row but the application's own",
        "again     curl -i -H 'X-Service-Key: key-of-the-tests' http://localhost:8000/increases",
        f"fix       {AS_PROMISED}",
    ]
    assert str(broken.value).splitlines()[5].startswith('body      {"items":[{"price_history_id":')


def another_services_table(query):
    """What Postgres says to the service's role."""
    error = psycopg.errors.InsufficientPrivilege("permission denied for table stores")
    raise ProgrammingError("SELECT stores.slug FROM stores", {}, error)


def test_what_postgres_refuses_is_explained(check):
    """Whose the table is, and what to do instead, in place of the advice to keep the contract."""
    with pytest.raises(BrokenPromise) as broken:
        check(stickershock([], increases=another_services_table))

    lines = str(broken.value).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("fix"))
    owner = "stores is ReceiptWitness's table, and StickerShock may not read it"
    assert lines[first] == f"fix       {owner}: through REST, not across tables."
    assert lines[first + 1].startswith("          instead  ")
    assert AS_PROMISED not in str(broken.value)


NO_DETAILS = "media type application/json, and the contract has application/problem+json for 401"


def contradicted(request, error):
    """Details that tell another status."""
    response = refused(request, HTTPException(401))
    response.status_code = 403
    return response


@pytest.mark.parametrize(
    ("app", "told"),
    [
        (lambda: stickershock([], guard=lambda: None), "status 200, and without a key 401 or 403 is due"),
        (lambda: stickershock([], guard=forbidden), None),
        (lambda: stickershock([], problems={}), NO_DETAILS),
        (lambda: stickershock([], guard=forbidden, problems={}), NO_DETAILS),
        (
            lambda: stickershock([], guard=forbidden, problems=PROBLEMS | {HTTPException: contradicted}),
            "status  is 401 in the body and 403 on the wire",
        ),
        (lambda: stickershock([], guard=nobody), "the key is refused that the fixture serves_key gave"),
    ],
    ids=["no guard", "403", "401, no details", "403, no details", "403, details of 401", "refused key"],
)
def test_the_key_is_demanded(check, app, told):
    """With 401 or 403, and problem details; and it is taken. Who refuses already mends the body alone."""
    if told is None:
        check(app())
        return

    with pytest.raises(BrokenPromise) as broken:
        check(app())

    assert told in str(broken.value)
    assert (f"fix       {DEMANDED}" in str(broken.value)) == ("status 200" in told)
    assert (f"fix       {DETAILED}" in str(broken.value)) == ("for 401" in told or "on the wire" in told)


def forbidden(x_service_key: Annotated[str | None, Header()] = None) -> None:
    """Refuses with 403, which the document does not have and a missing key may have."""
    if x_service_key != KEY:
        raise HTTPException(403, "Who are you?")


def nobody() -> None:
    """Refuses everybody."""
    raise HTTPException(401, "No.")


class Lenient(BaseModel):
    """A body that takes what it does not know."""

    report_id: UUID
    errors: list[rest.ErrorCount]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": 200}, "status 200 is not in the contract, which has 202, 401, 422, 429"),
        ({"body": Lenient}, "what the contract does not allow is taken"),
    ],
)
def test_a_body_is_taken_and_refused_as_the_contract_says(check, changes, told):
    """By every accepted and every rejected example."""
    with pytest.raises(BrokenPromise) as broken:
        check(api(**changes), "POST /internal/error-stats", service="api")

    assert told in str(broken.value)
    assert "--data-binary" in str(broken.value)


def test_a_query_that_nobody_declares_is_refused(check):
    """A caller that errs in a name is told, and does not get something else."""
    app = stickershock([])

    async def lenient(scope, receive, send):
        if scope["type"] == "http":
            scope = scope | {"query_string": scope["query_string"].replace(b"sinse=1", b"")}
        await app(scope, receive, send)

    with pytest.raises(BrokenPromise, match=r"(?s)a parameter that is not declared.*does not allow is taken"):
        check(lenient)


def test_a_missing_operation_breaks_its_promise(check):
    """Told by the application's routes; one that does not tell them is asked."""
    app = stickershock([])
    app.router.routes = [route for route in app.routes if getattr(route, "path", "") != "/inflation"]

    async def plain(scope, receive, send):
        await app(scope, receive, send)

    with pytest.raises(BrokenPromise, match=r"does not serve GET /inflation.*\nserves    GET /increases\n"):
        check(app, "GET /inflation")
    with pytest.raises(BrokenPromise, match=r"status 404"):
        check(plain, "GET /inflation")


def nothing() -> dict[str, str]:
    """An endpoint beyond the contract."""
    return {}


def test_what_no_document_has_is_reported(declare):
    """It breaks nothing; a path that FastAPI itself keeps from its document is nobody's business."""
    app, plain, more = stickershock([]), stickershock([]), APIRouter(prefix="/debug")
    plain.add_api_route("/health", nothing, include_in_schema=False)
    app.add_api_route("/increases/{number}", nothing, methods=["PUT"])
    more.add_api_route("/cache", nothing)
    app.include_router(more)
    app.mount("/old", Starlette(routes=[Route("/prices", nothing, methods=["GET"])]))

    serves.check_undeclared(declare(plain))
    with pytest.raises(
        Untested, match=r"serves GET /debug/cache, GET /old/prices, PUT /increases/{}, which no"
    ):
        serves.check_undeclared(declare(app))


def test_without_any_success_nothing_is_known(check):
    """An operation that finds nothing says nothing of what it answers when it does."""
    app = FastAPI(dependencies=[Depends(known_service)], exception_handlers=PROBLEMS)

    def product(identity: Annotated[UUID, Path(alias="id")]) -> None:
        raise HTTPException(404, "There is no such product.")

    app.add_api_route("/products/{id}", product)

    with pytest.raises(Untested, match=r"none of 2 right requests of GET /products/{id} .*serves_rows"):
        check(app, "GET /products/{id}", service="receiptwitness")


def test_what_rows_have_is_asked_for(check):
    """The values that the rows' maker names, in the path and in the query."""
    app = FastAPI(dependencies=[Depends(known_service)], exception_handlers=PROBLEMS)
    rows: list[UUID] = []
    asked: set[UUID] = set()

    def product(identity: Annotated[UUID, Path(alias="id")]) -> rest.ProductDetail:
        asked.add(identity)
        if identity not in rows:
            raise HTTPException(404, "There is no such product.")
        return rest.ProductDetail(
            id=identity, created_at=START, updated_at=START, canonical_name="Oat milk", upc_variants=[]
        )

    app.add_api_route("/products/{id}", product)

    def made() -> dict[str, list[str]]:
        rows.append(UUID(int=5))
        return {"/products/{id}": [str(UUID(int=5))]}

    check(app, "GET /products/{id}", service="receiptwitness", rows=made)

    assert UUID(int=5) in asked
    assert len(asked) > 5


def test_the_same_seed_makes_the_same_requests(check):
    """And another one others."""

    def urls(seed: int) -> list[str]:
        seen: list[str] = []
        app = stickershock([])

        async def noted(scope, receive, send):
            if scope["type"] == "http":
                seen.append(scope["query_string"].decode())
            await app(scope, receive, send)

        check(noted, search=Search(examples=10, seed=seed))
        return seen

    assert urls(7) == urls(7) != urls(8)


@pytest.mark.parametrize(
    ("fails", "told"),
    [("startup", "it failed at its startup: .*no database"), ("shutdown", "it failed at its shutdown")],
)
def test_an_application_that_does_not_start_or_end_breaks_its_promise(check, fails, told):
    """With what it says."""

    @asynccontextmanager
    async def lifespan(app):
        if fails == "startup":
            raise OSError("no database")
        yield {"started": "yes"}
        raise OSError("no database")

    app = stickershock([])
    app.router.lifespan_context = lifespan

    with pytest.raises(BrokenPromise, match=f"(?s)cannot be run: {told}"):
        check(app)


def test_an_application_that_cannot_be_imported_breaks_its_promise(declare, monkeypatch):
    """With the error and the line that names it."""
    config = declare(None)

    with pytest.raises(BrokenPromise, match="is a NoneType and no ASGI application"):
        serves.load(config)
    with pytest.raises(BrokenPromise, match="no_such_module:app cannot be imported: ModuleNotFoundError"):
        serves.load(replace(config, app="no_such_module:app"))
    with pytest.raises(BrokenPromise, match=r"no attribute 'application'\ndeclared pyproject.toml:"):
        serves.load(replace(config, app="service_of_the_test:application"))
    with pytest.raises(BrokenPromise, match=r"no attribute 'ap'\. Did you mean app\?\ndeclared"):
        serves.load(replace(config, app="service_of_the_test:ap"))


def test_a_service_promises_each_operation_of_its_document(declare):
    """To those that call it; one without an application promises none."""
    config = declare(stickershock([]))

    promised = [(each.name, each.counterpart) for each in serves.promises(config)]

    assert promised == [
        ("GET /increases", "API, ClipArtist"),
        ("GET /inflation", "API"),
        ("undeclared", "-"),
    ]
    assert list(serves.promises(replace(config, app=None))) == []
