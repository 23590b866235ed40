"""The environment of a service's code: harmless from the start, the test's own when it asks."""

import pytest

pytestmark = pytest.mark.services

SERVICE = """
    import os
    from cartsnitch_common.config import get_settings

    AT_IMPORT = dict(os.environ)
    KEYS_AT_IMPORT = len(get_settings().encryption_keys)
"""
TESTS = """
    import os
    import subprocess
    import sys

    import pytest
    import redis
    import shock
    from cartsnitch_common.config import get_settings
    from cartsnitch_common.database import session_scope
    from cartsnitch_common.errors import DatabaseUnavailableError
    from cartsnitch_common.models import Coupon
    from sqlalchemy import text

    def test_nothing_is_reached_without_asking():
        assert "service_environment" in shock.AT_IMPORT["CARTSNITCH_DATABASE_URL"]
        assert shock.KEYS_AT_IMPORT == 1
        with pytest.raises(DatabaseUnavailableError, match="ask-for-the-fixture-service_environment"):
            with session_scope() as session:
                session.execute(text("SELECT 1"))
        with pytest.raises(redis.ConnectionError, match="ask-for-the-fixture-service_environment"):
            redis.Redis.from_url(get_settings().redis_url).ping()

    def test_settings_lead_to_the_tests_own(service_environment, coupon_factory, redis_client):
        coupon_factory.create_sync(title="Milk")
        redis_client.set("key", "value")

        with session_scope() as session:
            assert [coupon.title for coupon in session.query(Coupon)] == ["Milk"]
        with redis.Redis.from_url(get_settings().redis_url) as client:
            assert client.get("key") == b"value"
        show = "import os; print(os.environ['CARTSNITCH_REDIS_URL'])"
        shown = subprocess.check_output([sys.executable, "-c", show], text=True)
        assert shown.strip() == service_environment["CARTSNITCH_REDIS_URL"]

    def test_afterwards_it_is_as_before():
        assert get_settings().redis_url == "unix:///ask-for-the-fixture-service_environment"
"""


@pytest.fixture
def service(project):
    """A service that reads its settings when it is imported."""
    project.declare("", service="clipartist")
    project.write("shock.py", SERVICE)
    project.write("tests/conftest.py", "import shock")
    project.write("tests/test_environment.py", TESTS)
    return project


def test_the_environment_is_harmless_at_import_and_the_tests_own_on_demand(service, monkeypatch):
    """Also where the shell names servers that are in use."""
    monkeypatch.setenv("CARTSNITCH_DATABASE_URL", "postgresql://shop@production.example/shop")
    monkeypatch.setenv("CARTSNITCH_REDIS_URL", "redis://production.example")

    result = service.run()

    result.assert_outcomes(passed=4)


def test_without_contracts_the_environment_stays_and_the_fixture_works(service):
    """The fixture is there for every test; what the shell says is touched by nobody."""
    service.write("tests/test_environment.py", TESTS.replace("def test_nothing", "def nothing"))
    with (service.folder / "tests/test_environment.py").open("a") as file:
        file.write("\n\ndef test_key():\n    assert shock.KEYS_AT_IMPORT == 0\n")

    result = service.run("-k", "own or key", contracts=False)

    result.assert_outcomes(passed=2, deselected=1)
