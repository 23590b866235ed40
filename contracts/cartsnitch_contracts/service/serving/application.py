"""An ASGI application that runs: started as a server starts it, and asked over HTTP without a network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Message, Receive, Send], Awaitable[None]]

BASE_URL = "http://localhost:8000"


class CannotRunError(Exception):
    """An application that does not start, or does not end."""


class Running:
    """An application between its start and its end, in an event loop of its own."""

    def __init__(self, app: Application, portal: BlockingPortal, state: dict[str, Any]) -> None:
        self._app, self._portal, self._state = app, portal, state
        self.raised: Exception | None = None
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._watched, raise_app_exceptions=False), base_url=BASE_URL
        )

    def send(self, request: httpx.Request) -> httpx.Response:
        """The answer; where the application raised, that is in `raised`, and the answer a 500."""
        self.raised = None
        return self._portal.call(self._client.send, request)

    async def _watched(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            await self._app({**scope, "state": dict(self._state)}, receive, send)
        except Exception as error:
            self.raised = error
            raise


@contextmanager
def running(app: Application) -> Iterator[Running]:
    """Start the application, and end it after the block, as ASGI's lifespan says; one without is left alone.

    Raises:
        CannotRunError: it cannot start or end; the message says why.
    """
    state: dict[str, Any] = {}
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_lifespan(app, state)):
        yield Running(app, portal, state)


@asynccontextmanager
async def _lifespan(app: Application, state: dict[str, Any]) -> AsyncIterator[None]:
    asked: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    has_asked = False

    async def receive() -> Message:
        nonlocal has_asked
        has_asked = True
        return await asked.get()

    async def live() -> None:
        scope: Message = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
        try:
            await app(scope, receive, said.put)
        except Exception:
            if has_asked:
                raise  # else it knows of no lifespan, which ASGI lets it say so

    task = asyncio.create_task(live())
    await _told(asked, said, task, "startup")
    try:
        yield
    finally:
        await _told(asked, said, task, "shutdown")


async def _told(
    asked: asyncio.Queue[Message], said: asyncio.Queue[Message], task: asyncio.Task[None], what: str
) -> None:
    """Ask for start or end, and wait until it is done."""
    if task.done():
        return
    await asked.put({"type": f"lifespan.{what}"})
    answer = asyncio.create_task(said.get())
    await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        if error := task.exception():
            raise CannotRunError(f"it raised at its {what}: {type(error).__name__}: {error}") from error
    elif answer.result()["type"] == f"lifespan.{what}.failed":
        task.cancel()
        reason = str(answer.result().get("message") or "it does not say why").rstrip()
        raise CannotRunError(f"it failed at its {what}: {reason}")
