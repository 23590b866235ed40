"""Under pytest-xdist: a worker that has servers of its own ends with its controller."""

from typing import Any, Final

import pytest

SERVERS: Final = {"postgres_server", "redis_server"}


def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Before a worker's first server, also where a project overrides the fixture.

    A worker in the midst of a test would notice only seconds later that its controller was killed.
    """
    if fixturedef.argname in SERVERS and hasattr(request.config, "workerinput"):
        from cartsnitch_fixtures.servers.embedded.process import end_with_parent  # noqa: PLC0415

        end_with_parent()
