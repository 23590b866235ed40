"""An ASGI application that runs: started as a server starts it, and asked over HTTP without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

from cartsnitch_contracts.service.serving.wire import PLACE, Request, Response

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Message, Receive, Send], Awaitable[None]]


class CannotRunError(Exception):
    """An application that does not start, or does not end."""


class Running:
    """An application between its start and its end, in an event loop of its own."""

    def __init__(self, app: Application, runner: asyncio.Runner, state: dict[str, Any]) -> None:
        self._app, self._runner, self._state = app, runner, state
        self.raised: Exception | None = None

    def send(self, request: Request) -> Response:
        """The answer; a 500 where there is none. What the application raised is in `raised`."""
        return self._runner.run(self._ask(request))

    async def _ask(self, request: Request) -> Response:
        sent: list[Message] = []
        asked = iter([{"type": "http.request", "body": request.body or b""}])

        async def receive() -> Message:
            return next(asked, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            sent.append(message)

        self.raised = None
        try:
            await self._app(self._scope(request), receive, send)
        except Exception as error:
            self.raised = error
        return _response(sent)

    def _scope(self, request: Request) -> Message:
        path, _, query = request.target.partition("?")
        headers = {"host": PLACE.rpartition("/")[2], **request.headers}
        if request.body is not None:
            headers["content-length"] = str(len(request.body))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": dict(self._state),
        }


def _response(sent: Iterable[Message]) -> Response:
    """What the messages of an application come to."""
    status, headers, body = 500, {}, b""
    for message in sent:
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message.get("headers", ())
            }
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")
    return Response(status, headers, body)


@contextmanager
def running(app: Application) -> Iterator[Running]:
    """Start the application, and end it after the block, as ASGI's lifespan says; one without is left alone.

    Raises:
        CannotRunError: it cannot start or end; the message says why.
    """
    lifespan = _Lifespan(app)
    with asyncio.Runner() as runner:
        runner.run(lifespan.pass_on("startup"))
        try:
            yield Running(app, runner, lifespan.state)
        except BaseException:
            with suppress(CannotRunError):  # what went wrong before says more
                runner.run(lifespan.pass_on("shutdown"))
            raise
        runner.run(lifespan.pass_on("shutdown"))


class _Lifespan:
    """The conversation by which an application is started and ended."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        self._has_asked = False
        self._task: asyncio.Task[None] | None = None

    async def pass_on(self, event: str) -> None:
        """Tell the application, and wait until it is done."""
        if self._task is None:
            self._asked: asyncio.Queue[Message] = asyncio.Queue()
            self._said: asyncio.Queue[Message] = asyncio.Queue()
            self._task = asyncio.create_task(self._live())
        if self._task.done():
            return
        await self._asked.put({"type": f"lifespan.{event}"})
        answer = asyncio.create_task(self._said.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            if error := self._task.exception():
                raise CannotRunError(f"it raised at its {event}: {type(error).__name__}: {error}") from error
        elif answer.result()["type"] == f"lifespan.{event}.failed":
            await asyncio.wait({self._task})
            self._task.exception()  # it is told here
            raise CannotRunError(f"it failed at its {event}: {_reason(answer.result().get('message', ''))}")

    async def _live(self) -> None:
        scope: Message = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, self._receive, self._said.put)
        except Exception:
            if self._has_asked:
                raise  # else it knows of no lifespan, which ASGI lets it say so

    async def _receive(self) -> Message:
        self._has_asked = True
        return await self._asked.get()


def _reason(message: str) -> str:
    """The exception at the end of a traceback, which is what Starlette gives as the reason."""
    lines = message.rstrip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] + 1 :] if frames else lines
    while frames and after and after[0].startswith("    "):
        del after[0]
    return "\n".join(after) or "it does not say why"
