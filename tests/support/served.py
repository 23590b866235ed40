"""StickerShock's and the API's applications, as the contract wants them or wrong in one way."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from cartsnitch_common.schemas import rest

KEY = "key-of-the-tests"
START = datetime(2026, 3, 10, 14, 2, 11, tzinfo=UTC)


def increase(number: int) -> rest.PriceIncrease:
    """One of many."""
    return rest.PriceIncrease(
        price_history_id=UUID(int=number),
        normalized_product_id=UUID(int=7),
        canonical_name="Oat Milk",
        store_slug="kroger",
        old_price=Decimal("3.49"),
        new_price=Decimal("3.99"),
        percent_change=Decimal("14.33"),
        observed_date=date(2026, 3, 10),
        previous_observed_date=date(2026, 3, 3),
        created_at=START + timedelta(seconds=number),
    )


def place(found: rest.PriceIncrease) -> rest.Cursor:
    """Where it stands in its list."""
    return rest.Cursor(found.created_at, found.price_history_id)


def known_service(x_service_key: Annotated[str | None, Header()] = None) -> None:
    """Whoever calls says who it is."""
    if x_service_key != KEY:
        raise HTTPException(401, "Send the key of your service in the header X-Service-Key.")


def problem(details: rest.ProblemDetails) -> Response:
    """The one error body."""
    return Response(details.model_dump_json(), details.status, media_type=rest.PROBLEM_JSON)


def invalid(request: Request, error: RequestValidationError) -> Response:
    """What a service answers to a request that does not fit."""
    return problem(rest.ProblemDetails.of_validation(error.errors(), instance=request.url.path))


def refused(request: Request, error: AnyHTTPException) -> Response:
    """What a service answers to a request that it will not serve."""
    details = rest.ProblemDetails(
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=str(error.detail),
        instance=request.url.path,
    )
    return problem(details)


PROBLEMS: dict[Any, Any] = {RequestValidationError: invalid, AnyHTTPException: refused}
type Page = Callable[[rest.IncreasesQuery], Any]


def stickershock(
    stored: list[rest.PriceIncrease],
    *,
    increases: Page | None = None,
    guard: Callable[..., None] = known_service,
    problems: dict[Any, Any] = PROBLEMS,
    log: list[str] | None = None,
) -> FastAPI:
    """The application over what is stored; `increases` takes the place of the right answer."""
    log = [] if log is None else log

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        log.append("start")
        yield {"started": "yes"}
        log.append("end")

    app = FastAPI(dependencies=[Depends(guard)], exception_handlers=problems, lifespan=lifespan)

    def page(query: rest.IncreasesQuery) -> rest.PriceIncreasePage:
        found = [each for each in stored if query.store_slug in (None, each.store_slug)]
        if query.cursor:
            try:
                start = rest.Cursor.parse(query.cursor)
            except ValueError as error:
                raise HTTPException(422, str(error)) from None
            found = [each for each in found if place(each) > start]
        elif query.since:
            found = [each for each in found if each.created_at >= query.since]
        return rest.PriceIncreasePage.of(found[: query.limit + 1], query, place)

    def of_page(query: Annotated[rest.IncreasesQuery, Query()], request: Request) -> Response:
        log.append(request.state.started)
        answer = (increases or page)(query)
        if isinstance(answer, Response):
            return answer
        return JSONResponse(answer if isinstance(answer, dict) else answer.model_dump(mode="json"))

    app.add_api_route("/increases", of_page)

    @app.get("/inflation")
    def inflation(query: Annotated[rest.InflationQuery, Query()]) -> rest.Inflation:
        day = query.since or date(2025, 3, 1)
        return rest.Inflation(since=day, until=query.until or day, categories=[])

    return app


def api(**changes: Any) -> FastAPI:
    """The API's place to count errors; `noted` may be changed, or the class of the body."""
    app = FastAPI(dependencies=[Depends(known_service)], exception_handlers=PROBLEMS)
    seen: set[UUID] = set()

    def stats(sent: changes.get("body", rest.ErrorStats)) -> Any:  # type: ignore[valid-type]
        duplicate = sent.report_id in seen
        seen.add(sent.report_id)
        noted = 0 if duplicate else len(sent.errors)
        return rest.ErrorStatsTaken(report_id=sent.report_id, noted=noted, duplicate=duplicate)

    app.add_api_route(
        "/internal/error-stats", stats, methods=["POST"], status_code=changes.get("status", 202)
    )
    return app
