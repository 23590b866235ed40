"""The calls that a service declares, judged by what its tests called of stubs."""

import pytest

pytestmark = pytest.mark.services

CLIENT = """
    import httpx

    class Prices:
        def __init__(self, url):
            self.client = httpx.Client(base_url=url, headers={"X-Service-Key": "key-of-stickershock"})

        def all(self):
            with self.client:
                response = self.client.get("/prices")
                return response.json()["items"] if response.is_success else []
"""
PRICES = 'calls = ["receiptwitness:GET /prices"]'


@pytest.fixture
def service(project):
    """A service that calls prices, and has a test of that."""
    project.declare(PRICES)
    project.write("client.py", CLIENT)
    project.write(
        "tests/test_client.py",
        """
    import pytest
    from client import Prices

    def test_prices(stub):
        assert len(Prices(stub("receiptwitness").url).all()) == 2

    def test_failures(stub):
        stub("receiptwitness").on("GET /prices").fail(503)
        assert Prices(stub("receiptwitness").url).all() == []
    """,
    )
    return project


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_answers_are_kept_or_untested(service, workers):
    """As the tests got them, in whichever process."""
    result = service.run("-v", "-rs", *workers)

    result.assert_outcomes(passed=2 + 4, skipped=2)
    result.stdout.fnmatch_lines_random(
        [
            "*calls[[]receiptwitness:GET /prices-200[]] PASSED*",
            "*no test calls GET /prices -> 401",
            "*no test calls GET /prices -> 422",
        ]
    )


def test_a_declared_call_that_no_test_makes_fails(service):
    """In a full run; a partial one says so little."""
    service.write("tests/test_client.py", "def test_plain(): pass\ndef test_other(): pass")

    whole, partial = service.run(), service.run("-rs", "-k", "plain or calls")

    whole.assert_outcomes(passed=4, failed=1, skipped=3)
    whole.stdout.fnmatch_lines(
        [
            "stickershock declares to call ReceiptWitness: GET /prices, and no test does.",
            "2 kept, 1 broken, 3 untested (no test *; no test *; and 1 more: -rs) in *",
        ]
    )
    partial.assert_outcomes(passed=2, skipped=4, deselected=2)
    partial.stdout.fnmatch_lines(["*no test calls GET /prices -> 200; -k chose some tests"])


def test_a_call_that_is_not_declared_fails(service):
    """By the first test that made it."""
    service.declare('calls = ["receiptwitness:GET /sync/status"]')

    result = service.run()

    result.stdout.fnmatch_lines(
        [
            "stickershock called ReceiptWitness: GET /prices, which it does not declare.",
            "made by  tests/test_client.py::test_prices (and 1 more)",
        ]
    )


def test_a_service_that_declares_no_call_makes_none(service):
    """Each test that makes one is told what to add, at its end."""
    service.declare("")

    result = service.run()

    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*stickershock called ReceiptWitness: GET /prices, which it does not declare.",
            '*fix      add "receiptwitness:GET /prices" to calls (pyproject.toml:*',
        ]
    )


TWO = """
    import httpx
    import pytest
    from client import Prices

    URLS = []

    def test_two(stub):
        URLS[:] = [stub("receiptwitness").url, stub("shrinkray").url]
        Prices(URLS[0]).all()
        with httpx.Client(base_url=URLS[1], headers={"X-Service-Key": "key-of-stickershock"}) as client:
            client.get("/alerts", params={"user_id": "01950000-7c1a-7000-8000-000000000007"})

    def test_next():
        for url in URLS:
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)
"""


def test_an_undeclared_call_of_one_stub_keeps_no_other_open_or_untold(service):
    """All ports are closed at the test's end, and each call is told."""
    service.declare("")
    service.write("tests/test_client.py", TWO)

    result = service.run()

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*stickershock called ReceiptWitness: GET /prices, which it does not declare.",
            "*stickershock called ShrinkRay: GET /alerts, which it does not declare.",
        ]
    )
