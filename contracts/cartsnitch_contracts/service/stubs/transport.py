"""A stub as a transport of httpx, for both of its clients."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import parse_qsl, unquote

try:
    import anyio
    import httpx
except ImportError as error:
    raise ImportError(
        "stub.transport is for clients of httpx, which is not installed. "
        'Install it, or reach the stub with any other client: "with stub.serve() as url".'
    ) from error

from cartsnitch_contracts.service.stubs.answers import Answer, Fault
from cartsnitch_contracts.service.stubs.received import Received

type Handle = Callable[[Received], Answer]


class StubTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands requests to a stub; what goes wrong on a network is raised as httpx raises it.

    A time-out is raised at once, whatever the client's patience is.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        request.read()
        answer = self._ask(request)
        time.sleep(answer.delay)
        return _response(answer, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        await request.aread()
        answer = self._ask(request)
        await anyio.sleep(answer.delay)
        return _response(answer, request)

    def _ask(self, request: httpx.Request) -> Answer:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        answer = self._handle(
            Received(
                method=request.method,
                path=unquote(path),
                query=tuple(parse_qsl(query, keep_blank_values=True)),
                headers=dict(request.headers),
                body=request.content,
            )
        )
        patience = request.extensions.get("timeout", {}).get("read")
        if answer.fault is Fault.REFUSED:
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
        if answer.fault is Fault.TIMEOUT or (patience is not None and answer.delay > patience):
            raise httpx.ReadTimeout("The read operation timed out", request=request)
        if answer.fault is Fault.RESET:
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
        return answer


class _Half(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The first half of a body, and then the error of a connection that was closed too early."""

    def __init__(self, answer: Answer, request: httpx.Request) -> None:
        self._half = answer.first_half
        self._error = httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(answer.first_half)} bytes, expected {len(answer.body)})",
            request=request,
        )

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise self._error


def _response(answer: Answer, request: httpx.Request) -> httpx.Response:
    if answer.fault is Fault.TRUNCATED:
        return httpx.Response(answer.status, headers=answer.sent_headers, stream=_Half(answer, request))
    return httpx.Response(answer.status, headers=answer.sent_headers, content=answer.body, request=request)
