"""Every error is answered with problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from cartsnitch_common.schemas.rest import PROBLEM_JSON, ProblemDetails


def answer_with_problems(app: FastAPI) -> None:
    """Have the app's errors, and those of its routes, answered so."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return _respond(ProblemDetails.of_validation(error.errors(), instance=request.url.path))

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        problem = ProblemDetails(
            title=phrase,
            status=error.status_code,
            detail=None if error.detail == phrase else error.detail,
            instance=request.url.path,
            errors=[],
        )
        return _respond(problem, error.headers)

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        problem = ProblemDetails(
            title="Internal Server Error", status=500, instance=request.url.path, errors=[]
        )
        return _respond(problem)


def _respond(problem: ProblemDetails, headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem.model_dump_json(), problem.status, headers, PROBLEM_JSON)
