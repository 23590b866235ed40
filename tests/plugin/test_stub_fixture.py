"""The fixture that stands in for other services, as a service's tests use it."""

CODE = """
    import httpx
    import pytest
    import urllib.request

    KEY = {"X-Service-Key": "key-of-stickershock"}

    class Catcher:
        '''Code of a service, which takes no notice of any error.'''

        def __init__(self, url, **options):
            self.client = httpx.Client(base_url=url, headers=KEY, **options)

        def prices(self, **query):
            with self.client:
                return self.client.get("/prices", params=query).json().get("items", [])
"""


def test_a_service_is_tested_against_a_stub(run):
    """By a transport and by a port; each test has stubs of its own, the same one for the same service."""
    result = run(
        CODE
        + """
    def test_transport(stub):
        receiptwitness = stub("receiptwitness")
        receiptwitness.on("GET /prices").respond(example="minimal", times=1)

        assert Catcher("http://any", transport=receiptwitness.transport).prices() == []
        assert stub("receiptwitness") is receiptwitness
        assert stub("api") is not receiptwitness

    def test_port(stub):
        assert len(Catcher(stub("receiptwitness").url).prices()) == 2
        assert len(stub("receiptwitness").requests) == 1

    async def test_async(stub):
        receiptwitness = stub("receiptwitness", version="next")
        async with httpx.AsyncClient(transport=receiptwitness.transport, headers=KEY) as client:
            response = await client.get("http://receiptwitness/prices")
        assert response.is_success
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=3)


def test_a_wrong_call_fails_its_test_though_the_code_took_no_notice(run):
    """At its end, with what is wrong; the next test is not concerned."""
    result = run(
        CODE
        + """
    def test_swallowed(stub):
        assert Catcher(stub("receiptwitness").url).prices(limit=5000) == []

    def test_next(stub):
        assert Catcher(stub("receiptwitness").url).prices(limit=1)

    async def test_async(stub):
        async with httpx.AsyncClient(transport=stub("receiptwitness").transport) as client:
            await client.get("http://receiptwitness/prices")
    """,
        "-o",
        "asyncio_mode=auto",
    )

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "ReceiptWitness was called as its contract does not allow (1 call of 1).",
            "  GET /prices[?]limit=5000  -> 422",
            "      query /limit  5000 is greater than the maximum of 1000",
            "  fix  *stub.forgive()*",
            "  GET /prices  -> 401",
            "      header /X-Service-Key  is missing or empty*",
        ]
    )
    result.stdout.no_fnmatch_line("*cartsnitch_pytest*")


def test_what_a_test_means_does_not_fail_it(run):
    """A test of the client's own handling of a 422 forgives the call."""
    result = run(
        CODE
        + """
    def test_meant(stub):
        assert Catcher(stub("receiptwitness").url).prices(limit=5000) == []
        stub("receiptwitness").forgive()
    """
    )

    result.assert_outcomes(passed=1)


def test_a_test_that_fails_anyway_is_told_of_wrong_calls_beside(run):
    """They are often why it failed; the failure stays its own."""
    result = run(
        CODE
        + """
    def test_fails(stub):
        assert Catcher(stub("receiptwitness").url).prices(limit=5000)

    @pytest.mark.xfail(strict=True, raises=AssertionError)
    def test_expected(stub):
        assert Catcher(stub("receiptwitness").url).prices(limit=5000)
    """
    )

    result.assert_outcomes(failed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        ["E  *assert *", "*Captured stubs call*", "ReceiptWitness was called as its contract does not allow*"]
    )


def test_a_wrong_name_is_told_with_the_right_ones(run):
    """The test errs where it says it."""
    result = run(
        """
    def test_name(stub):
        stub("receiptwitnes")
    """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*No service 'receiptwitnes' serves REST. There are: api, clipartist*"])


def test_a_second_version_of_a_stub_is_refused(run):
    """It would answer as the first; who names none has the one that there is."""
    result = run(
        """
    def test_version(stub):
        receiptwitness = stub("receiptwitness", version="next")
        assert stub("receiptwitness") is stub("receiptwitness", version="next") is receiptwitness
        stub("receiptwitness", version="0.0.9")
    """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*StubError: This test has a stub of 'receiptwitness' of version next already*"]
    )
