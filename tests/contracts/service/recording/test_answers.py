"""What a service reads of another's answers, over httpx and by other clients."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

import client_styles
from cartsnitch_common.schemas.base import Reader
from cartsnitch_common.schemas.rest import PricePage
from cartsnitch_contracts.files import package_files
from cartsnitch_contracts.service.onlookers import answered
from cartsnitch_contracts.service.recording import Recorder, Subject, document
from cartsnitch_contracts.service.recording.undeclared import read_and_there
from cartsnitch_contracts.service.stubs import stub
from cartsnitch_contracts.snapshot import Snapshot
from read_messages import PAGE

PRICES = Subject("calls", "GET /prices", "receiptwitness")
PROBLEM = {"type": "about:blank", "title": "Unprocessable", "status": 422}
EVERYTHING = ("event",)
OWN = ("items[].regular_price",)
CLIENTS = [
    (client_styles.by_json, ("has_more",)),
    (client_styles.by_the_shared_class, ("items[].source",)),
    (client_styles.by_the_shared_class_from_bytes, ("has_more",)),
    (client_styles.by_the_shared_class_from_text, ("has_more",)),
    (client_styles.by_an_adapter_from_bytes, ("has_more",)),
    (client_styles.by_bytes_that_have_a_name, EVERYTHING),
    (client_styles.by_json_of_the_text, EVERYTHING),
    (client_styles.by_a_search_in_the_text, EVERYTHING),
    (client_styles.by_something_named_like_a_model, EVERYTHING),
    (client_styles.by_lines, EVERYTHING),
    (client_styles.by_bytes_read, EVERYTHING),
    (client_styles.by_the_status_alone, ()),
    (client_styles.by_the_problem, ("title",)),
]


def serve(request):
    """ReceiptWitness."""
    if request.url.params.get("limit") == "0":
        return httpx.Response(422, json=PROBLEM)
    return httpx.Response(200, json=PAGE)


@pytest.fixture
def recorder():
    """Of StickerShock, whose code is the clients'."""
    return Recorder("stickershock", [Path(client_styles.__file__)])


@pytest.fixture
def client():
    """Of ReceiptWitness."""
    with httpx.Client(transport=httpx.MockTransport(serve), base_url="http://receiptwitness/v1") as client:
        yield client


@pytest.mark.parametrize(("run", "reads"), CLIENTS, ids=lambda each: getattr(each, "__name__", ""))
def test_what_a_client_reads_is_named(recorder, client, run, reads):
    """Fields where they can be told, everything where the body goes elsewhere; the outcome is the same."""
    plainly = run(client)

    with recorder.recording():
        assert run(client) == plainly

    assert tuple(each.field for each in recorder.notes.reads(PRICES)) == reads
    assert PRICES not in recorder.notes.own


@pytest.mark.parametrize(
    "run", [client_styles.by_a_model_of_its_own, client_styles.by_a_model_of_its_own_from_bytes]
)
def test_a_model_of_its_own_says_it_itself(recorder, client, run):
    """Its schema is stated, with its fields."""
    with recorder.recording():
        run(client)

    stated = written(recorder)["calls"]["receiptwitness"]["GET /prices"]
    assert stated["decoder"] == "own"
    assert read_and_there(recorder.notes, Snapshot("the package", package_files())) == (1, 13)
    assert stated["schema"]["required"] == ["items"]
    assert tuple(each["field"] for each in stated["reads"]) == OWN


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("many", [False, True])
def test_of_two_models_of_its_own_neither_says_it(recorder, client, order, many):
    """In whatever order, and in one process or several: everything counts as read."""
    first, *others = [recorder, Recorder("stickershock", [Path(client_styles.__file__)])]
    runs = [client_styles.by_a_model_of_its_own, client_styles.by_another_model_of_its_own][::order]
    for run, each in zip(runs, [first, *others] if many else [first, first], strict=True):
        with each.recording():
            run(client)
    for each in (*others, *others):
        first.load(json.loads(json.dumps(each.dump())))

    stated = written(first)["calls"]["receiptwitness"]["GET /prices"]
    assert stated == {"decoder": "shared", "reads": [{"field": "event"}]}


def test_what_is_read_besides_a_model_of_its_own_is_added(recorder, client):
    """A key of the same body."""
    with recorder.recording():
        client_styles.by_a_model_of_its_own_and_more(client)

    stated = written(recorder)["calls"]["receiptwitness"]["GET /prices"]
    assert [each["field"] for each in stated["reads"]] == ["has_more", *OWN]


def test_an_asynchronous_client_is_no_different(recorder):
    """The same in a coroutine."""

    async def run():
        transport = httpx.MockTransport(serve)
        async with httpx.AsyncClient(transport=transport, base_url="http://receiptwitness") as client:
            return await client_styles.by_an_asynchronous_client(client)

    with recorder.recording():
        assert asyncio.run(run()) is False

    assert [each.field for each in recorder.notes.reads(PRICES)] == ["has_more"]


def test_what_a_test_reads_does_not_count(recorder, client):
    """The service's code does not run at all."""
    with recorder.recording():
        assert PricePage.model_validate(client.get("/prices").json()).has_more is False
        assert client.get("/prices").text

    assert recorder.notes.subjects == ()


def test_an_operation_that_was_never_answered_counts_as_read_altogether(recorder):
    """It is declared, and no test called it: its reads are left out."""
    with recorder.recording():
        pass

    assert written(recorder)["calls"] == {"receiptwitness": {"GET /prices": {"decoder": "shared"}}}


def test_a_service_whose_code_is_not_found_says_nothing(client):
    """What it reads of answers and tables is left out, though it got an answer."""
    recorder = Recorder("stickershock", [])
    with recorder.recording():
        client_styles.by_json(client)

    stated = written(recorder)
    assert stated["calls"] == {"receiptwitness": {"GET /prices": {"decoder": "shared"}}}
    assert "reads" not in stated["tables"]


def test_answers_to_another_client_count_as_read_altogether(recorder, client):
    """The stub says that it answered, and httpx did not get it; what that got besides is no matter."""
    with recorder.recording():
        answered("receiptwitness", "GET /prices")
        for _ in range(2):
            client_styles.by_json(client)

    assert [each.field for each in recorder.notes.reads(PRICES)] == list(EVERYTHING)


def test_a_stub_says_what_it_answers(recorder):
    """On its port to any client; over httpx nothing more than the fields counts."""
    receiptwitness = stub("receiptwitness")
    key = {"X-Service-Key": "of a test"}
    with recorder.recording():
        with httpx.Client(
            transport=receiptwitness.transport, base_url=receiptwitness.base_url, headers=key
        ) as client:
            client_styles.by_json(client)
        seen = recorder.notes.reads(PRICES)
        with receiptwitness.serve() as url:
            client_styles.by_urllib(url, key)

    assert [each.field for each in seen] == ["has_more"]
    assert [each.field for each in recorder.notes.reads(PRICES)] == list(EVERYTHING)


def test_a_stub_keeps_to_itself_that_it_is_seen(recorder):
    """Neither what it was sent nor the client's request has a header more."""
    receiptwitness = stub("receiptwitness")
    client = httpx.Client(transport=receiptwitness.transport, base_url=receiptwitness.base_url)
    with recorder.recording(), client:
        response = client.get("/prices")

    (received,) = receiptwitness.requests
    assert received.headers == dict(response.request.headers)
    assert not any(name.startswith("x-cartsnitch") for name in received.headers)


def test_an_answer_that_only_a_test_gets_says_nothing(recorder):
    """The service did not call at all: what it reads of the answers is left out."""
    receiptwitness = stub("receiptwitness")
    client = httpx.Client(transport=receiptwitness.transport, base_url=receiptwitness.base_url)
    with recorder.recording(), client:
        client.get("/prices").json()

    assert written(recorder)["calls"] == {"receiptwitness": {"GET /prices": {"decoder": "shared"}}}


def test_an_answer_of_which_nothing_is_read_is_known(recorder):
    """The service looks at the status alone."""
    receiptwitness = stub("receiptwitness")
    client = httpx.Client(transport=receiptwitness.transport, base_url=receiptwitness.base_url)
    with recorder.recording(), client:
        client_styles.by_the_status_alone(client)

    assert written(recorder)["calls"]["receiptwitness"]["GET /prices"] == {"decoder": "shared", "reads": []}


def test_answers_to_httpx_are_no_others(recorder, client):
    """They are seen there."""
    with recorder.recording():
        answered("receiptwitness", "GET /prices", seen=True)
        client_styles.by_json(client)

    assert [each.field for each in recorder.notes.reads(PRICES)] == ["has_more"]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/prices", "GET /prices"),
        ("get", "/gateway/receipts/prices", "GET /prices"),
        ("GET", "/sync/status", "GET /sync/status"),
        ("POST", "/sync/meijer", "POST /sync/{store_slug}"),
        ("GET", "/purchases/17", "GET /purchases/{id}"),
        ("GET", "/increases", None),
        ("GET", "/nowhere", None),
        ("DELETE", "/prices", None),
    ],
)
def test_the_operation_is_told_by_method_and_path(recorder, method, path, operation):
    """Behind any prefix; the service's own are none."""
    found = recorder.answers.of(method, path)

    assert (found.name if found else None) == operation


def test_everything_is_as_before_afterwards(recorder):
    """Of httpx and of Pydantic."""
    before = (vars(httpx.Response).copy(), httpx.Client.send, PricePage.model_validate_json.__func__)

    with recorder.recording():
        assert vars(httpx.Response) != before[0]

    after = (vars(httpx.Response).copy(), httpx.Client.send, PricePage.model_validate_json.__func__)
    assert after == before
    assert "__getattribute__" not in vars(Reader)


def written(recorder):
    """The statement."""
    calls = [("receiptwitness", "GET /prices")]
    return document(recorder, version="1", pins="1", publishes=(), consumes={}, calls=calls)
