"""What a service's source says that it does: on which channels it sends and listens, and whom it calls.

It is read, not run: a channel or a path that is put together at run time is not seen.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.schemas.events import PAYLOADS
from cartsnitch_contracts.library import snapshot
from cartsnitch_contracts.service.source import Source, source_of

_METHODS: Final = {"get", "post", "put", "patch", "delete", "head", "options"}
_CHANNELS: Final = {f"cartsnitch_common.constants.EventType.{each.name}": each for each in EventType}
_PAYLOADS: Final = {payload.__name__: channel for channel, payload in PAYLOADS.items()}
_PUBLISH: Final = re.compile(r"publish(_many|_event|_event_async)?|encode_event|xadd")


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


@dataclass
class Found:
    """What was found, each with the first place.

    Attributes:
        publishes: by channel.
        listens: by channel, with the handler as `module:name`; empty where that cannot be told.
        calls: by call, as the declaration has it: `receiptwitness:GET /prices`.
        apps: ASGI applications, as `module:name`.
        services: by the name of a service that the source gives its publisher.
    """

    publishes: dict[EventType, Place] = field(default_factory=dict)
    listens: dict[EventType, tuple[str, Place]] = field(default_factory=dict)
    calls: dict[str, Place] = field(default_factory=dict)
    apps: dict[str, Place] = field(default_factory=dict)
    services: dict[Service, Place] = field(default_factory=dict)


def find(folder: Path) -> Found:
    """Read the source of a service's project, without its tests."""
    found = Found()
    for source in source_of(folder):
        _Reader(source, found).visit(source.tree)
    return found


class _Reader(ast.NodeVisitor):
    def __init__(self, source: Source, found: Found) -> None:
        self._source = source
        self._found = found

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A handler may be registered by a decorator; a route is no call."""
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                channel = self._channel_of(decorator, "on")
                if channel is not None:
                    self._listens(channel, f"{self._source.module}:{node.name}", decorator)
        for child in [*ast.iter_child_nodes(node.args), *node.body]:
            self.visit(child)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as ast calls it

    def visit_Assign(self, node: ast.Assign) -> None:
        """An application in a global of its module."""
        if isinstance(node.value, ast.Call) and self._name(node.value) in {
            "fastapi.FastAPI",
            "fastapi.applications.FastAPI",
            "starlette.applications.Starlette",
        }:
            for target in node.targets:
                if isinstance(target, ast.Name) and node.col_offset == 0:
                    self._found.apps.setdefault(f"{self._source.module}:{target.id}", self._place(node))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A message, a registration, a request, or the name that a publisher gets."""
        name = self._name(node).rpartition(".")
        if name[0].startswith("cartsnitch_common.schemas") and name[2] in _PAYLOADS:
            self._found.publishes.setdefault(_PAYLOADS[name[2]], self._place(node))
        called = self._called(node)
        if _PUBLISH.fullmatch(called):
            for channel in filter(None, map(self._channel, self._arguments(node))):
                self._found.publishes.setdefault(channel, self._place(node))
        registered = self._channel_of(node, "on")
        if registered is not None and len(node.args) > 1:
            self._listens(registered, self._handler(node.args[1]), node)
        if called in {"subscribe", "psubscribe"}:
            for channel in filter(None, map(self._channel, self._arguments(node))):
                self._listens(channel, "", node)
        if called in {"EventPublisher", "AsyncEventPublisher"}:
            for argument in self._arguments(node):
                if (service := self._service(argument)) is not None:
                    self._found.services.setdefault(service, self._place(node))
        for call in self._requests(node, called):
            self._found.calls.setdefault(call, self._place(node))
        self.generic_visit(node)

    def _requests(self, node: ast.Call, called: str) -> Iterator[str]:
        method = called.strip("_").lower()
        words = [each.value for each in node.args if isinstance(each, ast.Constant)]
        methods = {method} & _METHODS or {str(word).lower() for word in words} & _METHODS
        if not methods:
            return
        for argument in self._arguments(node):
            template = _template(argument)
            if template is None:
                continue
            for call, key in _operations().items():
                said, _, path = key.partition(" ")
                if said.lower() in methods and path == template:
                    yield call

    def _channel_of(self, node: ast.Call, method: str) -> EventType | None:
        return self._channel(node.args[0]) if self._called(node) == method and node.args else None

    def _channel(self, node: ast.expr) -> EventType | None:
        if isinstance(node, ast.Constant) and node.value in set(EventType):
            return EventType(node.value)
        return _CHANNELS.get(self._source.resolve(node).removesuffix(".value"))

    def _service(self, node: ast.expr) -> Service | None:
        if isinstance(node, ast.Constant) and node.value in set(Service):
            return Service(node.value)
        owner, _, name = self._source.resolve(node).rpartition(".")
        return Service[name] if owner.endswith("constants.Service") and name in Service.__members__ else None

    def _handler(self, node: ast.expr) -> str:
        """`partial(handler, ...)` is of the handler."""
        if isinstance(node, ast.Call) and self._name(node) == "functools.partial" and node.args:
            node = node.args[0]
        module, _, name = self._source.resolve(node).rpartition(".")
        return f"{module}:{name}" if module and isinstance(node, ast.Name) else ""

    def _listens(self, channel: EventType, handler: str, node: ast.AST) -> None:
        if channel not in self._found.listens or not self._found.listens[channel][0]:
            self._found.listens[channel] = (handler, self._place(node))

    def _arguments(self, node: ast.Call) -> list[ast.expr]:
        return [*node.args, *(keyword.value for keyword in node.keywords)]

    def _called(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
        return self._source.resolve(node.func).rpartition(".")[2]

    def _name(self, node: ast.Call) -> str:
        return self._source.resolve(node.func)

    def _place(self, node: ast.AST) -> Place:
        return Place(self._source.path, getattr(node, "lineno", 1))


def _template(node: ast.expr) -> str | None:
    """A path as it is compared: `/products/{}`; of a whole URL its path. None for what is no path."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [each.value if isinstance(each, ast.Constant) else "{}" for each in node.values]
        text = "".join(map(str, parts)).removeprefix("{}")
    else:
        return None
    path = urlsplit(text).path.removeprefix("{}")
    return path if path.startswith("/") else None


@cache
def _operations() -> Mapping[str, str]:
    """What pairs each operation with a request, by the call that it is."""
    return {
        f"{service}:{operation.name}": operation.key
        for service, document in snapshot().rest.items()
        for operation in document.operations
    }
