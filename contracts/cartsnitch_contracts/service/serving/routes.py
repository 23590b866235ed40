"""Which operations an application has, asked of the application itself."""

import re
from collections.abc import Iterator
from typing import Any

OWN = frozenset({"HEAD", "OPTIONS"})
"""Methods that frameworks add to others."""


def routes(app: Any) -> frozenset[str] | None:
    """Its operations, as `GET /prices/{}`; None of an application that does not tell.

    Told by Starlette, FastAPI and what is built of them. What FastAPI is to leave out of its OpenAPI document
    is left out here: pages for people, and health checks that are kept from it.
    """
    if not hasattr(app, "routes"):
        return None
    described = app.openapi()["paths"] if callable(getattr(app, "openapi", None)) else {}
    found = {key(f"{method.upper()} {path}") for path, item in described.items() for method in item}
    return frozenset(found | set(_below(app.routes, "")))


def key(operation: str) -> str:
    """What pairs an operation with itself elsewhere: how a parameter is called means nothing."""
    return re.sub(r"\{[^{}]*\}", "{}", operation)


def _below(routes: Any, prefix: str) -> Iterator[str]:
    for route in routes:
        path = f"{prefix}{getattr(route, 'path', '')}"
        if getattr(route, "methods", None) and getattr(route, "include_in_schema", True):
            yield from (key(f"{method} {path}") for method in route.methods if method not in OWN)
        elif getattr(route, "routes", None):
            yield from _below(route.routes, path)
