"""The test's database as the service sees it: logged in as its role, which may do what its grants say."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import pytest

from cartsnitch_pytest.extra import require_testing_extra
from cartsnitch_pytest.failures import DATABASE

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig
    from cartsnitch_fixtures.servers.postgres import PostgresServer
    from cartsnitch_fixtures.servers.postgres.roles import Role

SERVICE: "Final[pytest.StashKey[ServiceConfig]]" = pytest.StashKey()
"""Whose role the tests log in as, once one does."""


@pytest.fixture
def service_database_url(request: pytest.FixtureRequest, _cartsnitch_service_url: str) -> str:
    """The database of `database_url`, for the code of the service: it logs in as the service's role.

    That may read and write the tables that the service owns, and what its allow-list has. What others own
    Postgres refuses it; tests arrange that through `db_session`.
    """
    server: PostgresServer = request.getfixturevalue("postgres_server")
    if "roles" in server.lacks:
        raise pytest.UsageError(
            f"service_database_url needs roles, which backend {server.backend!r} lacks: "
            f"{server.lacks['roles']}\n"
            'Mark the test with @pytest.mark.needs_postgres("roles"), which skips it here; or choose another '
            "backend: --cartsnitch-postgres=embedded."
        )
    return _cartsnitch_service_url


@pytest.fixture
def _cartsnitch_service_url(
    request: pytest.FixtureRequest, _cartsnitch_service_role: "Role | None", database_url: str
) -> str:
    """The URL for the service's code; on a server that knows no roles everybody's."""
    if _cartsnitch_service_role is None:
        return database_url
    marker = request.node.get_closest_marker("cartsnitch_database")
    if marker and "empty" in (*marker.args, *marker.kwargs.values()):
        raise pytest.UsageError(
            'cartsnitch_database("empty") gives a database without tables, where the service may do nothing. '
            "Ask for database_url instead."
        )
    return _cartsnitch_service_role.url(database_url)


@pytest.fixture(scope="session")
def _cartsnitch_service_role(
    request: pytest.FixtureRequest, postgres_server: "PostgresServer"
) -> "Role | None":
    """The service's role; None on a server that knows none."""
    require_testing_extra("service_database_url")
    if "roles" in postgres_server.lacks:
        return None
    from cartsnitch_contracts.database.allowances import granted  # noqa: PLC0415
    from cartsnitch_contracts.database.granting import grant_script  # noqa: PLC0415
    from cartsnitch_contracts.database.grants import grants_of  # noqa: PLC0415
    from cartsnitch_contracts.library import database  # noqa: PLC0415

    declared = _declared(request.config)
    grants = grants_of(database(), declared.service, granted(declared.database.allow))
    shared = request.config.stash.get(DATABASE, None)
    if shared is not None:
        if shared.is_lent:
            raise pytest.UsageError(
                "The service's role is made before a test has its database, and this one has it already. "
                "Name service_database_url among the arguments of the test, or of its fixtures."
            )
        shared.renew()
    role = postgres_server.role(declared.service, lambda name: grant_script(grants, name))
    request.config.stash[SERVICE] = declared
    return role


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where Postgres refused the service something, the failure says whose it is and what to do."""
    declared = item.config.stash.get(SERVICE, None)
    if declared is not None and call.excinfo is not None:
        from cartsnitch_contracts.service.refusals import explanation  # noqa: PLC0415

        error = call.excinfo.value
        text = explanation(error, declared)
        if text and text not in getattr(error, "__notes__", ()):
            error.add_note(text)
    return (yield)


def _declared(config: pytest.Config) -> "ServiceConfig":
    """What the service says of itself, in a run that checks contracts or in any other."""
    from cartsnitch_contracts.service.config import load  # noqa: PLC0415
    from cartsnitch_pytest.promises.declared import DECLARED, find  # noqa: PLC0415

    return config.stash.get(DECLARED, None) or load(find(config))
