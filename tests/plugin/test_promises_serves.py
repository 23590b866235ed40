"""A service's application, on the test's own database and Redis, by one promise for each operation."""

import pytest

pytestmark = pytest.mark.services

APP = """
    from contextlib import asynccontextmanager
    from datetime import UTC, datetime
    import os
    from typing import Annotated
    from uuid import UUID, uuid4

    import redis
    from fastapi import Depends, FastAPI, Header, HTTPException, Query
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import Response
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.exceptions import HTTPException as AnyHTTPException

    from cartsnitch_common.config import get_settings
    from cartsnitch_common.database import get_async_session
    from cartsnitch_common.models import ShrinkflationEvent
    from cartsnitch_common.schemas import rest

    def guard(x_service_key: Annotated[str | None, Header()] = None) -> None:
        if x_service_key not in os.environ["SHRINKRAY_SERVICE_KEYS"].split(","):
            raise HTTPException(401, "Who are you?")

    def problem(details):
        return Response(details.model_dump_json(), details.status, media_type=rest.PROBLEM_JSON)

    def invalid(request, error):
        return problem(rest.ProblemDetails.of_validation(error.errors()))

    def refused(request, error):
        return problem(rest.ProblemDetails(title="No", status=error.status_code, detail=str(error.detail)))

    @asynccontextmanager
    async def lifespan(app):
        with redis.Redis.from_url(get_settings().redis_url) as client:
            app.state.hits = client
            yield

    app = FastAPI(
        dependencies=[Depends(guard)],
        exception_handlers={RequestValidationError: invalid, AnyHTTPException: refused},
        lifespan=lifespan,
    )

    @app.get("/alerts")
    async def alerts(
        query: Annotated[rest.AlertsQuery, Query()],
        session: Annotated[AsyncSession, Depends(get_async_session)],
    ) -> rest.ShrunkProductPage:
        app.state.hits.incr("hits")
        found = list(await session.scalars(select(ShrinkflationEvent)))
        return rest.ShrunkProductPage(items=[shown(each) for each in found], has_more=False)

    def shown(event):
        return rest.ShrunkProduct(
            shrinkflation_event_id=event.id, normalized_product_id=event.normalized_product_id,
            canonical_name="Chips", old_size=event.old_size, old_unit=event.old_unit, new_size=event.new_size,
            new_unit=event.new_unit, confidence=event.confidence, detected_date=event.detected_date,
            created_at=event.created_at,
        )
"""
OVERRIDE = """
    import pytest

    @pytest.fixture
    def serves_key(monkeypatch):
        monkeypatch.setenv("SHRINKRAY_SERVICE_KEYS", "mine")
        return "mine"

    @pytest.fixture
    def serves_rows(serves_rows, db_session):
        def make():
            known = serves_rows()
            print("ROWS", *known)
            return known
        return make
"""


@pytest.fixture
def service(project):
    """ShrinkRay, right."""
    project.declare('app = "shrink.main:app"', service="shrinkray")
    project.write("shrink/__init__.py", "")
    project.write("shrink/main.py", APP)
    return project


def test_a_right_application_keeps_its_promises(service):
    """With what every project has: no fixture is overridden, and the key is made known."""
    result = service.run()

    result.assert_outcomes(passed=3)  # the operation, no undeclared route, no undeclared channel


def test_a_service_may_bring_its_own_key_and_rows(service):
    """By fixtures in its conftest."""
    service.write("tests/conftest.py", OVERRIDE)

    result = service.run("-s", "pyproject.toml::serves[GET /alerts]", "--cartsnitch-explore=3")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*ROWS /purchases/{id} /products/{id} product_id store_slug user_id*"])


def test_what_is_only_wrong_with_rows_is_found(service):
    """The rows are there for that; the report says so, and how to see it again."""
    source = APP.replace("rest.ShrunkProductPage:", "dict:").replace(
        "rest.ShrunkProductPage(items=[shown(each) for each in found], has_more=False)",
        '{"items": [{**shown(each).model_dump(mode="json"), "confidence": "high"} for each in found],'
        ' "next_cursor": None, "has_more": False}',
    )
    service.write("shrink/main.py", source)

    result = service.run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "shrink.main:app answered GET /alerts as its contract does not allow.",
            "smallest request (the plainest request):",
            "    GET /alerts[?]user_id=*",
            "    items[[]0[]].confidence  *",
            "world     with the rows of the fixture serves_rows",
            "again     curl -i -H 'X-Service-Key: key-of-the-contract-tests' *",
            "FAILED pyproject.toml::serves[[]GET /alerts[]]*",
        ]
    )
