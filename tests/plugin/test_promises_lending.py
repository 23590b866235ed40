"""Promises see the fixtures that the service's tests see, though they lie in another folder."""

import pytest

pytestmark = pytest.mark.services

CHANNEL = "cartsnitch.prices.updated"
HANDLER = """
    def on_prices_updated(event, store):
        assert store == "inner outer"
"""
OUTER = """
    from pathlib import Path
    import pytest

    LOG = Path(__file__).with_name("log")

    def note(what):
        with LOG.open("a") as log:
            print(what, file=log)

    @pytest.fixture(scope="session")
    def port():
        note("port up")
        yield 4000
        note("port down")

    @pytest.fixture(scope="session", autouse=True)
    def server(port):
        assert port == 4000
        note("server up")
        yield
        note("server down")

    @pytest.fixture
    def store():
        return "outer"
"""
INNER = """
    import pytest

    @pytest.fixture
    def store(store):
        return f"inner {store}"
"""
TESTS = """
    def test_plain(store, port):
        assert (store, port) == ("inner outer", 4000)
"""

PARAMETRIZED = """
    import pytest

    @pytest.mark.parametrize("port", [5000], indirect=True)
    def test_plain(port):
        assert port == 5000
"""


@pytest.fixture
def service(project):
    """One whose tests lie in a folder below a conftest."""
    project.declare(f'consumes."{CHANNEL}" = "shock.handlers:on_prices_updated"')
    project.write("src/shock/handlers.py", HANDLER)
    project.write("tests/conftest.py", OUTER)
    project.write("tests/unit/conftest.py", INNER)
    project.write("tests/unit/test_plain.py", TESTS)
    return project


def settle(project, testpaths):
    """Name other folders of tests."""
    text = (project.folder / "pyproject.toml").read_text()
    project.write("pyproject.toml", text.replace('testpaths = ["tests"]', testpaths))


@pytest.mark.parametrize("named", [(), ("pyproject.toml",)], ids=["all", "named"])
def test_a_conftest_above_testpaths_lends_its_fixtures(service, named):
    """As pytest lets the tests see them: the inner one of a name builds on the outer one."""
    settle(service, 'testpaths = ["tests/unit"]')

    result = service.run(*named, contracts=not named)

    result.assert_outcomes(passed=7 if named else 8)


@pytest.mark.parametrize(
    "testpaths", ['testpaths = ["tests/unit"]', ""], ids=["tests first", "promises first"]
)
def test_a_session_fixture_is_set_up_once_for_tests_and_promises(service, testpaths):
    """It may bind a port, and one that builds on it is there as long as that; also one without a value."""
    settle(service, testpaths)
    if not testpaths:  # pytest walks the folder, and lends what lies in `tests` itself
        service.write("tests/unit/conftest.py", "")
        service.write("src/shock/handlers.py", HANDLER.replace("inner ", ""))
        service.write("tests/unit/test_plain.py", TESTS.replace("inner ", ""))

    result = service.run()

    result.assert_outcomes(passed=8)
    log = (service.folder / "tests/log").read_text().splitlines()
    assert log == ["port up", "server up", "server down", "port down"]


def test_a_session_fixture_of_another_parameter_is_not_shared(service):
    """What a test asked for by `parametrize` is the test's alone."""
    service.write("tests/unit/test_plain.py", PARAMETRIZED)
    outer = OUTER.replace("port():", "port(request):").replace(
        "yield 4000", 'yield getattr(request, "param", 4000)'
    )
    service.write("tests/conftest.py", outer.replace("autouse=True", "autouse=False"))
    service.write("src/shock/handlers.py", "def on_prices_updated(event, port):\n    assert port == 4000")

    result = service.run()

    result.assert_outcomes(passed=8)
