"""A stub misbehaves as a network does, on every way to it."""

import asyncio
import http.client
import socket
import urllib.error
import urllib.request

import httpx
import pytest
import requests

from cartsnitch_contracts.service.stubs import Stub

KEY = {"X-Service-Key": "key-of-the-tests"}
WAYS = ["transport", "async transport", "port"]


@pytest.fixture(params=WAYS)
def get(request, receiptwitness):
    """Gets a path of the stub by httpx, one way or another; it waits half a second at most."""
    way = {"transport": receiptwitness.transport, "base_url": receiptwitness.base_url}
    if request.param == "port":
        way = {"base_url": receiptwitness.url}

    def at_once(path: str) -> httpx.Response:
        with httpx.Client(**way, headers=KEY, timeout=0.5) as client:
            return client.get(path)

    async def awaited(path: str) -> httpx.Response:
        async with httpx.AsyncClient(**way, headers=KEY, timeout=0.5) as client:
            return await client.get(path)

    return (lambda path: asyncio.run(awaited(path))) if request.param == "async transport" else at_once


def test_each_trouble_is_what_httpx_makes_of_it(receiptwitness, get):
    """The same error without a network as with one, and then all is well again."""
    told = receiptwitness.on("GET /prices")
    told.truncate(times=1).time_out(times=1).reset(times=1).slow(5, times=1)

    for error in (httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.ReadError, httpx.ReadTimeout):
        with pytest.raises(error):
            get("/prices")
    response = get("/prices")

    assert response.status_code == 200
    assert [request.outcome for request in receiptwitness.requests] == [
        "truncated", "timeout", "reset", "200", "200",
    ]  # fmt: skip
    assert {type(request.outcome) for request in receiptwitness.requests} == {str}  # for xdist's workers


def test_each_wrong_answer_arrives(receiptwitness, get):
    """A failure of the server, what is no JSON, and a body that is called something else."""
    told = receiptwitness.on("GET /prices")
    told.fail(times=1).fail(503, times=1).garbage(times=1).content_type("text/html", times=1)
    told.content_type(";;", times=1).slow(0.001, times=1)

    failed, unavailable, garbage, html, nonsense, slow = [get("/prices") for _ in range(6)]

    assert (failed.status_code, failed.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert unavailable.status_code == 503
    with pytest.raises(ValueError, match=r"decode|JSON|Expecting"):
        garbage.json()
    assert (html.headers["content-type"], html.json()) == ("text/html", slow.json())
    assert nonsense.headers["content-type"] == ";;"


def test_a_service_that_is_down_refuses_connections(receiptwitness, get):
    """Those that were open have ended; afterwards it is where it was."""
    before = get("/prices")
    with receiptwitness.down(), pytest.raises(httpx.ConnectError):
        get("/prices")
    after = get("/prices")

    assert before.json() == after.json()


def test_trouble_may_befall_every_operation(receiptwitness, get):
    """On top of what single operations were told."""
    receiptwitness.on("GET /prices").respond(example="minimal")
    receiptwitness.on().fail(times=2)

    assert [get(path).status_code for path in ("/prices", "/purchases", "/prices")] == [500, 500, 200]


def test_a_wrong_request_is_refused_before_all_trouble(receiptwitness, get):
    """The test is told what is wrong; the trouble waits for the next right one."""
    receiptwitness.on("GET /prices").fail(times=1)

    refused, failed = [get(path) for path in ("/prices?limit=0", "/prices")]

    assert (refused.status_code, failed.status_code) == (422, 500)


def test_other_clients_reach_the_port(receiptwitness):
    """urllib, requests with a connection that it keeps, and http.client."""
    user = "01950000-7c1a-7000-8000-000000000007"
    with receiptwitness.serve() as url:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/prices?limit=1", headers=KEY)) as response:  # noqa: S310 - its own port
            by_urllib = response.status, response.headers["content-type"]
        with requests.Session() as session:
            session.headers.update(KEY)
            by_requests = [session.get(f"{url}/prices", timeout=5).status_code for _ in range(2)]
            parts = (part for part in (b'{"user_id":', f'"{user}"}}'.encode()))
            headers = {"content-type": "application/json"}
            chunked = session.post(f"{url}/sync/kroger", data=parts, headers=headers, timeout=5)
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        connection.request("HEAD", "/prices", headers=KEY)
        head = connection.getresponse()
        connection.close()

    assert by_urllib == (200, "application/json")
    assert by_requests == [200, 200]
    assert chunked.json()["status"] == "queued"
    assert (head.status, head.read()) == (405, b"")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{url}/prices")  # noqa: S310 - its own port


def test_a_stub_ends_while_callers_wait(receiptwitness):
    """One that has no answer yet, and one that keeps its connection, are cut off."""
    receiptwitness.on("GET /prices").time_out(times=1)
    with receiptwitness.serve() as url:
        host, port = url.removeprefix("http://").split(":")
        idle = socket.create_connection((host, int(port)))
        waiting = socket.create_connection((host, int(port)))
        waiting.sendall(b"GET /prices HTTP/1.1\r\nHost: x\r\nX-Service-Key: k\r\n\r\n")
        while not receiptwitness.requests:
            pass

    assert idle.recv(1) == b""
    assert waiting.recv(1) == b""
    idle.close()
    waiting.close()


async def test_the_asgi_application_answers(receiptwitness: Stub):
    """Through httpx's own transport, with a life cycle; what ASGI cannot say is raised."""
    receiptwitness.on("GET /prices").respond(example="minimal", times=1)
    receiptwitness.on("GET /prices").time_out(times=1).reset(times=1).truncate(times=1)
    transport = httpx.ASGITransport(receiptwitness.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://receiptwitness", headers=KEY
    ) as client:
        answered = await client.get("/prices")
        for error in (TimeoutError, ConnectionResetError, ConnectionResetError):
            with pytest.raises(error):
                await client.get("/prices")
        with receiptwitness.down(), pytest.raises(ConnectionRefusedError):
            await client.get("/prices")
        wrong = await client.get("/prices", params={"limit": "0"})

    assert answered.json() == {"items": [], "next_cursor": None, "has_more": False}
    assert wrong.status_code == 422


async def test_the_asgi_application_starts_and_stops(receiptwitness: Stub):
    """It says so to a server, and serves nothing but HTTP."""
    said = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict:
        return {"type": next(asked)}

    async def send(message: dict) -> None:
        said.append(message["type"])

    await receiptwitness.app({"type": "lifespan"}, receive, send)

    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    with pytest.raises(ValueError, match="serves HTTP and no websocket"):
        await receiptwitness.app({"type": "websocket"}, receive, send)


async def test_clients_of_httpx2_have_the_same_answers_and_errors(receiptwitness: Stub):
    """Those of its own classes, at once and awaited."""
    httpx2 = pytest.importorskip("httpx2")
    told = receiptwitness.on("GET /prices")
    told.truncate(times=2).time_out(times=2).reset(times=1)
    options = {"transport": receiptwitness.transport, "base_url": receiptwitness.base_url, "headers": KEY}

    with httpx2.Client(**options) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("/prices")
        async with httpx2.AsyncClient(**options) as awaited:
            for error in (httpx2.RemoteProtocolError, httpx2.ReadTimeout):
                with pytest.raises(error):
                    await awaited.get("/prices")
            with pytest.raises(httpx2.ReadTimeout):
                client.get("/prices")
            with pytest.raises(httpx2.ReadError):
                await awaited.get("/prices")
            answered = await awaited.get("/prices")
        again = client.get("/prices")

    assert answered.json() == again.json()
    assert receiptwitness.violations == []
