"""A stub as a transport of httpx or httpx2, for the clients of both kinds."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from cartsnitch_contracts.service.stubs.answers import Answer, Fault
from cartsnitch_contracts.service.stubs.received import Received

type Handle = Callable[[Received], Answer]


class StubTransport:
    """Hands requests to a stub; what goes wrong on a network is raised as the client's own library raises it.

    A time-out is raised at once, whatever the client's patience is. Neither library is imported here: the
    client that is given this brings its own.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def handle_request(self, request: Any) -> Any:
        """Answer a request."""
        request.read()
        answer = self._ask(request)
        time.sleep(answer.delay)
        return _response(answer, request)

    async def handle_async_request(self, request: Any) -> Any:
        """Answer a request."""
        import anyio  # noqa: PLC0415 - both libraries bring it

        await request.aread()
        answer = self._ask(request)
        await anyio.sleep(answer.delay)
        return _response(answer, request)

    def _ask(self, request: Any) -> Answer:
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
        library = _library(request)
        patience = request.extensions.get("timeout", {}).get("read")
        if answer.fault is Fault.REFUSED:
            raise library.ConnectError("[Errno 111] Connection refused", request=request)
        if answer.fault is Fault.TIMEOUT or (patience is not None and answer.delay > patience):
            raise library.ReadTimeout("The read operation timed out", request=request)
        if answer.fault is Fault.RESET:
            raise library.ReadError("[Errno 104] Connection reset by peer", request=request)
        return answer

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()


class _Half:
    """The first half of a body, and then the error of a connection that was closed too early."""

    def __init__(self, answer: Answer, error: Exception) -> None:
        self._half, self._error = answer.first_half, error

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise self._error


def _response(answer: Answer, request: Any) -> Any:
    library = _library(request)
    if answer.fault is not Fault.TRUNCATED:
        return library.Response(answer.status, headers=answer.sent_headers, content=answer.body)
    error = library.RemoteProtocolError(
        "peer closed connection without sending complete message body "
        f"(received {len(answer.first_half)} bytes, expected {len(answer.body)})",
        request=request,
    )
    stream = type("Half", (_Half, library.SyncByteStream, library.AsyncByteStream), {})(answer, error)
    return library.Response(answer.status, headers=answer.sent_headers, stream=stream)


def _library(request: Any) -> Any:
    """The one whose client sends the request."""
    return sys.modules[type(request).__module__.partition(".")[0]]
