"""An application as a configuration names it, and its operations checked."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cartsnitch_common.constants import Service
from cartsnitch_contracts.service import serves
from cartsnitch_contracts.service.consumes.search import Search
from cartsnitch_contracts.service.declaration import ServiceConfig
from served import KEY


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Check one operation of an application, of StickerShock unless said otherwise."""

    def check(
        app: Any, operation: str = "GET /increases", *, service: str = "stickershock",
        rows: Callable[[], Any] = dict, **options: Any,
    ) -> None:  # fmt: skip
        config = declared(monkeypatch, app, service)
        options = {"service_key": KEY, "search": Search(examples=8)} | options
        serves.check_operation(config, operation, rows=rows, **options)

    return check


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ServiceConfig]:
    """The configuration that names an application."""
    return lambda app, service="stickershock": declared(monkeypatch, app, service)


def declared(monkeypatch: pytest.MonkeyPatch, app: Any, service: str) -> ServiceConfig:
    """With the application at hand for an import."""
    module = ModuleType("service_of_the_test")
    vars(module)["app"] = app
    monkeypatch.setitem(sys.modules, "service_of_the_test", module)
    return ServiceConfig(Service(service), Path("pyproject.toml"), app="service_of_the_test:app")
