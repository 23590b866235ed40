"""Options, header and markers: which servers the tests run on, and which tests those cannot run."""

import os
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from cartsnitch_fixtures.servers.choice import Choice, Kind
    from cartsnitch_fixtures.servers.options import PostgresOptions, RedisOptions

MARKERS: Final = {
    "needs_postgres(*capabilities)": 'skip on a backend that lacks one, like "jsonb"',
    "needs_redis(*capabilities)": 'skip on a backend that lacks one, like "acl"',
    "cartsnitch_database(how)": (
        'the test\'s database: "clone" (one of its own), "shared" (rolled back, never committed) '
        'or "empty" (without tables)'
    ),
}
DATABASES: Final = ("clone", "shared", "empty")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The choice of servers, and what to do with a failed test's database."""
    group = parser.getgroup("cartsnitch", "CartSnitch: servers for tests")
    for name, default, image in (("postgres", "embedded", "postgres:18"), ("redis", "fake", "redis:8")):
        backends = "embedded, fake, container or url"
        text = f"the backend of {name.capitalize()}: {backends} (default: {default})"
        group.addoption(f"--cartsnitch-{name}", default="", metavar="BACKEND", help=text)
        parser.addini(f"cartsnitch_{name}", text, default="")
        text = f"the image of the container backend (default: {image})"
        group.addoption(f"--cartsnitch-{name}-image", default="", metavar="IMAGE", help=text)
        parser.addini(f"cartsnitch_{name}_image", text, default="")
    group.addoption(
        "--cartsnitch-keep-db",
        action="store_true",
        help="keep the database of each test that fails, and print the command that opens it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known; refuse an unknown backend before any test runs."""
    for marker, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{marker}: {meaning}")
    for name in ("postgres", "redis"):
        if config.getoption(f"--cartsnitch-{name}") or config.getini(f"cartsnitch_{name}"):
            from cartsnitch_fixtures.servers.choice import POSTGRES, REDIS  # noqa: PLC0415

            chosen(config, POSTGRES if name == "postgres" else REDIS)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Backend, server version and how it was chosen, for both kinds of server."""
    try:
        from cartsnitch_fixtures.servers.announce import announce  # noqa: PLC0415
        from cartsnitch_fixtures.servers.choice import POSTGRES, REDIS  # noqa: PLC0415
    except ModuleNotFoundError:  # an interpreter without the runtime package's own dependencies
        return []
    postgres = announce(POSTGRES, chosen(config, POSTGRES), postgres_options(config))
    redis = announce(REDIS, chosen(config, REDIS), redis_options(config))
    return [f"cartsnitch: {postgres}; {redis}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that needs capabilities asks for them before anything else of its own is set up."""
    for item in items:
        for marker in item.iter_markers("cartsnitch_database"):
            given = [*marker.args, *marker.kwargs.values()]
            if len(given) != 1 or given[0] not in DATABASES:
                raise pytest.UsageError(
                    f"{item.nodeid}: cartsnitch_database takes one of {', '.join(map(repr, DATABASES))}, "
                    f"not {', '.join(map(repr, given)) or 'nothing'}."
                )
        names: list[str] = getattr(item, "fixturenames", [])
        for kind in ("postgres", "redis"):
            if item.get_closest_marker(f"needs_{kind}"):
                names.insert(0, f"_cartsnitch_needs_{kind}")


def chosen(config: pytest.Config, kind: "Kind") -> "Choice":
    """The backend of this run.

    Raises:
        pytest.UsageError: no backend has the name that was asked for.
    """
    from cartsnitch_common.errors import ConfigurationError  # noqa: PLC0415
    from cartsnitch_fixtures.servers.choice import choose  # noqa: PLC0415

    try:
        return choose(kind, os.environ, option=config.getoption(kind.option), ini=config.getini(kind.ini))
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def postgres_options(config: pytest.Config) -> "PostgresOptions":
    """What the backends of Postgres are told in this run."""
    from cartsnitch_fixtures.servers.options import POSTGRES_IMAGE, PostgresOptions  # noqa: PLC0415

    url = os.environ.get("CARTSNITCH_TEST_DATABASE_URL")
    return PostgresOptions(image=_image(config, "postgres") or POSTGRES_IMAGE, url=url)


def redis_options(config: pytest.Config) -> "RedisOptions":
    """What the backends of Redis are told in this run."""
    from cartsnitch_fixtures.servers.options import REDIS_IMAGE, RedisOptions  # noqa: PLC0415

    url = os.environ.get("CARTSNITCH_TEST_REDIS_URL")
    return RedisOptions(image=_image(config, "redis") or REDIS_IMAGE, url=url)


def _image(config: pytest.Config, kind: str) -> str:
    named: str = config.getoption(f"--cartsnitch-{kind}-image")
    in_ini: str = config.getini(f"cartsnitch_{kind}_image")
    return named or os.environ.get(f"CARTSNITCH_TEST_{kind.upper()}_IMAGE", "") or in_ini


@pytest.fixture
def _cartsnitch_needs_postgres(request: pytest.FixtureRequest) -> None:
    from cartsnitch_fixtures.servers.postgres.capabilities import FAKE_POSTGRES_LACKS  # noqa: PLC0415

    _skip_where_lacking(request, "postgres", set(FAKE_POSTGRES_LACKS))


@pytest.fixture
def _cartsnitch_needs_redis(request: pytest.FixtureRequest) -> None:
    from cartsnitch_fixtures.servers.redis.capabilities import FAKE_REDIS_LACKS  # noqa: PLC0415

    _skip_where_lacking(request, "redis", set(FAKE_REDIS_LACKS))


def _skip_where_lacking(request: pytest.FixtureRequest, kind: str, known: set[str]) -> None:
    needed = [name for marker in request.node.iter_markers(f"needs_{kind}") for name in marker.args]
    if unknown := [name for name in needed if name not in known]:
        raise pytest.UsageError(
            f"needs_{kind} knows no capability {', '.join(map(repr, unknown))}. "
            f"There are: {', '.join(sorted(known))}."
        )
    server = request.getfixturevalue(f"{kind}_server")  # asked itself, for a project may override it
    for name in needed:
        if name in server.lacks:
            reason = f"needs {name}, which backend {server.backend!r} lacks: {server.lacks[name]}"
            raise pytest.skip.Exception(reason, _use_item_location=True)
