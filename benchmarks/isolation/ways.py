"""What is compared."""

from dataclasses import replace

from benchmarks.isolation.runs import NOTHING, Way

OURS = Way("ours, embedded")
SAVEPOINT = Way("SAVEPOINT (the code under test cannot commit)", "savepoint", "session")
PEER_LOAD = Way(
    "pytest-postgresql, load=", "peer_load", "session", tests=30, plugins=frozenset({"postgresql"})
)
COMPARED = (
    Way("bare pytest, no database", "none", body=NOTHING),
    OURS,
    Way("ours, fake", options=("--cartsnitch-postgres=fake",)),
    Way("ours, container", options=("--cartsnitch-postgres=container",)),
    SAVEPOINT,
    Way("TRUNCATE", "truncate", "session"),
    Way("create_all, drop_all", "create_all", "session", tests=30),
    PEER_LOAD,
    Way(
        "pytest-postgresql, create_all per test", "peer_default", "session", tests=30,
        plugins=frozenset({"postgresql"}),
    ),
)  # fmt: skip

_ONE = Way("", "none", tests=1, body=NOTHING)
_ENTRY_POINTS = frozenset({"anyio", "faker", "hypothesispytest", "platformdirs"})
STARTS = (
    replace(_ONE, label="ours"),
    replace(_ONE, label="without ours", options=("-p", "no:cartsnitch")),
    replace(_ONE, label="the extra", plugins=_ENTRY_POINTS),
    replace(_ONE, label="pytest alone", variables={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
)

REDIS_ONLY = Way(
    "Redis alone",
    tests=2,
    body="""
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_redis(number, redis_client):
    redis_client.set("key", number)
""",
)

_ROWS = """
import pytest
from cartsnitch_common.models import User
from sqlalchemy import insert

ROWS = [{{"email": f"user-{{row}}@example.org", "hashed_password": "x"}} for row in range(SIZE)]

@pytest.mark.parametrize("number", range({tests}))
def test_rows(number, {fixture}):
    {fixture}.execute(insert(User), ROWS)
    {fixture}.commit()
"""
GROWING = (
    replace(OURS, label="10 tables, five rows"),
    replace(OURS, label="100 tables, five rows", conftest="many_tables"),
    replace(OURS, label="10 rows", body=_ROWS.replace("SIZE", "10")),
    replace(OURS, label="10,000 rows", body=_ROWS.replace("SIZE", "10_000"), tests=12, warm_up=2),
    replace(
        SAVEPOINT, label="10,000 rows, SAVEPOINT", body=_ROWS.replace("SIZE", "10_000"), tests=12, warm_up=2
    ),
)


def on_server(url: str) -> tuple[Way, ...]:
    """Those that need a server which runs already."""
    options = ("--cartsnitch-postgres=url",)
    return (
        replace(OURS, label="ours, url", options=options, variables={"CARTSNITCH_TEST_DATABASE_URL": url}),
    )
