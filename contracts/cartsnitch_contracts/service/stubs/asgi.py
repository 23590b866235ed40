"""A stub as an ASGI application."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from cartsnitch_contracts.service.stubs.answers import Answer, Fault
from cartsnitch_contracts.service.stubs.received import Received

type Handle = Callable[[Received], Answer]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]


class App:
    """Answers HTTP, and says yes to start and stop.

    ASGI has no word for a connection that breaks off: TimeoutError, ConnectionResetError or
    ConnectionRefusedError is raised instead.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI 3 says."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            raise ValueError(f"A stub serves HTTP and no {scope['type']}.")

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        received = Received(
            method=scope["method"],
            path=scope["path"],
            query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            headers={
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
            },
            body=await _body(receive),
        )
        answer = self._handle(received)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        match answer.fault:
            case Fault.TIMEOUT:
                raise TimeoutError("The stub was told never to answer.")
            case Fault.RESET:
                raise ConnectionResetError("The stub was told to reset the connection.")
            case Fault.REFUSED:
                raise ConnectionRefusedError("The stub is down.")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.sent_headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if answer.fault is Fault.TRUNCATED:
            await send({"type": "http.response.body", "body": answer.first_half, "more_body": True})
            raise ConnectionResetError("The stub was told to break off in the midst of the body.")
        await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
