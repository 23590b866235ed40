"""A stub on a port of this machine, for every client there is."""

import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self, cast
from urllib.parse import parse_qsl, unquote

from cartsnitch_contracts.service.stubs.answers import Answer, Fault
from cartsnitch_contracts.service.stubs.received import Received

type Handle = Callable[[Received], Answer]
_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: closing the socket resets the connection."""


class Loopback:
    """Listens on 127.0.0.1 while its block runs; `stop` and `start` keep the port."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._server: _Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen."""
        self._server = _Server(("127.0.0.1", self._port), self._handle)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every connection, also those that wait for an answer, and listen no more."""
        if self._server:
            self._server.shutdown()
            self._thread.join()
            self._server.end_connections()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    """A thread for each connection; all have ended when it is closed."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handle: Handle) -> None:
        super().__init__(address, _Handler)
        self.handle = handle
        self.ending = threading.Event()
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close at once: what `SO_LINGER` says of the end would not hold after a polite one."""
        self._open.discard(request)
        self.close_request(request)

    def end_connections(self) -> None:
        """Wake the threads that read from a caller that keeps its connection."""
        self.ending.set()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was just closed

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error of the stub's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "CartSnitch-stub", ""

    def answer(self) -> None:
        """Hand the request to the stub, and send what it answers."""
        server = cast("_Server", self.server)
        path, _, query = self.path.partition("?")
        answer = server.handle(
            Received(
                method=self.command,
                path=unquote(path),
                query=tuple(parse_qsl(query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self._body(),
            )
        )
        server.ending.wait(answer.delay)
        if answer.fault is None:
            self._send(answer, answer.body)
            return
        self.close_connection = True
        match answer.fault:
            case Fault.TRUNCATED:
                self._send(answer, answer.first_half)
            case Fault.TIMEOUT:
                self.connection.recv(1)  # until the caller gives up, or the server ends
            case _:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 - by name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so above
        """Say nothing: `stub.requests` tells all."""

    def _send(self, answer: Answer, body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.sent_headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", "").lower():
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers say nothing to a stub
        return body
