"""What a service's source says that it does: on which channels it sends and listens, and whom it calls.

It is read, not run: a channel or a path that is put together at run time is not seen.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PUBLISH: Final = re.compile(r"publish(_many|_event|_event_async)?|encode_event|xadd")


@dataclass(frozen=True)
class Place:
    """A line of a file; `inside`, for a handler that its module does not have, is what it is local to."""

    path: Path
    line: int
    inside: str = ""

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"


@dataclass
class Found:
    """What was found, each with the first place.

    Attributes:
        publishes: by channel.
        listens: by channel, with the handler as `module:name`; empty where it has no such name.
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
        self._within: list[_Scope] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A handler may be registered by a decorator; a route is no call."""
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                channel = self._channel_of(decorator, "on")
                if channel is not None:
                    self._listens(channel, ast.Name(node.name), decorator)
        self._visit_within(node, [*ast.iter_child_nodes(node.args), *node.body])

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as ast calls it

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """What is defined in a class is no name of the module."""
        self._visit_within(node, ast.iter_child_nodes(node))

    def _visit_within(self, scope: _Scope, nodes: Iterable[ast.AST]) -> None:
        self._within.append(scope)
        for node in nodes:
            self.visit(node)
        self._within.pop()

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
        self._registers(node)
        if called in {"subscribe", "psubscribe"}:
            for channel in filter(None, map(self._channel, self._arguments(node))):
                self._listens(channel, None, node)
        if called in {"EventPublisher", "AsyncEventPublisher"}:
            for argument in self._arguments(node):
                if (service := self._service(argument)) is not None:
                    self._found.services.setdefault(service, self._place(node))
        for call in self._requests(node, called):
            self._found.calls.setdefault(call, self._place(node))
        self.generic_visit(node)

    def _registers(self, node: ast.Call) -> None:
        """`on(CHANNEL, handler)`, `on(CHANNEL)(handler)`, or `on(CHANNEL)` for one that is not seen."""
        on, handlers = (node.func, node.args) if isinstance(node.func, ast.Call) else (node, node.args[1:])
        channel = self._channel_of(on, "on")
        if channel is not None:
            named = [each.value for each in node.keywords if each.arg == "handler"]
            self._listens(channel, next(iter([*handlers, *named]), None), node)

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
        if isinstance(node, ast.Name):
            node = self._source.constants.get(node.id, node)
        if isinstance(node, ast.Constant) and node.value in set(EventType):
            return EventType(node.value)
        return _CHANNELS.get(self._source.resolve(node).removesuffix(".value"))

    def _service(self, node: ast.expr) -> Service | None:
        if isinstance(node, ast.Constant) and node.value in set(Service):
            return Service(node.value)
        owner, _, name = self._source.resolve(node).rpartition(".")
        return Service[name] if owner.endswith("constants.Service") and name in Service.__members__ else None

    def _listens(self, channel: EventType, handler: ast.expr | None, node: ast.AST) -> None:
        """`partial(handler, ...)` is of the handler."""
        if isinstance(handler, ast.Call) and self._name(handler) == "functools.partial" and handler.args:
            handler = handler.args[0]
        name, place = "", self._place(node)
        if isinstance(handler, ast.Name):
            module, _, own = self._source.resolve(handler).rpartition(".")
            name = f"{module}:{own}" if module else ""
            if scope := self._scope_of(handler.id):
                called = scope.name if isinstance(scope, ast.ClassDef) else f"{scope.name}()"
                name, place = "", replace(place, inside=called)
        if channel not in self._found.listens or (name and not self._found.listens[channel][0]):
            self._found.listens[channel] = (name, place)

    def _scope_of(self, name: str) -> _Scope | None:
        """What around us a name is local to; what a class has is unknown to its methods."""
        for scope in reversed(self._within):
            if (scope is self._within[-1] or not isinstance(scope, ast.ClassDef)) and name in _bound(scope):
                return scope
        return None

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


def _bound(scope: _Scope) -> Iterator[str]:
    """The names that a function or a class makes: its parameters, functions, classes and variables."""
    for node in ast.walk(scope):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, _Scope) and node is not scope:
            yield node.name


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
