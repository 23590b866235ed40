"""Bodies that other services answer with, as the service's code meets them in httpx."""

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final

from cartsnitch_contracts.service.onlookers import SEEN
from cartsnitch_contracts.service.recording.answers import Answers
from cartsnitch_contracts.service.recording.notes import Subject

RAW: Final = ("content", "text")
"""Attributes of a response that hand out its body as it came."""
READING: Final = (
    *("read", "iter_bytes", "iter_text", "iter_lines", "iter_raw"),
    *("aread", "aiter_bytes", "aiter_text", "aiter_lines", "aiter_raw"),
)
"""Methods that do."""


@contextmanager
def bodies_seen(answers: Answers) -> Iterator[None]:
    """Have the answers that httpx receives told while the block runs; nothing where it is not installed."""
    if importlib.util.find_spec("httpx") is None:
        yield
        return
    import httpx  # noqa: PLC0415 - it is no dependency of this package

    response: Any = httpx.Response
    replaced = {
        "json": _json(response.json, answers),
        **{name: property(_raw(vars(response)[name].fget, answers)) for name in RAW},
        **{name: _raw(getattr(response, name), answers) for name in READING},
    }
    owners: dict[Any, dict[str, Any]] = {
        response: replaced,
        httpx.Client: {"send": _send(httpx.Client.send, answers)},
        httpx.AsyncClient: {"send": _send_async(httpx.AsyncClient.send, answers)},
    }
    kept = {owner: {name: vars(owner)[name] for name in methods} for owner, methods in owners.items()}
    _put(owners)
    try:
        yield
    finally:
        _put(kept)


def _put(owners: dict[Any, dict[str, Any]]) -> None:
    for owner, methods in owners.items():
        for name, each in methods.items():
            setattr(owner, name, each)


def _send(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    def send(self: Any, request: Any, **named: Any) -> Any:
        with _marked(request, answers):
            return method(self, request, **named)

    return send


def _send_async(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    async def send(self: Any, request: Any, **named: Any) -> Any:
        with _marked(request, answers):
            return await method(self, request, **named)

    return send


@contextmanager
def _marked(request: Any, answers: Answers) -> Iterator[None]:
    """Tell a stub, while it is asked, that what it answers is seen here."""
    if subject := answers.of(request.method, request.url.path):
        answers.received(subject)
        request.headers[SEEN] = "yes"
    try:
        yield
    finally:
        request.headers.pop(SEEN, None)


def _subject(response: Any, answers: Answers) -> Subject | None:
    request = response._request
    return None if request is None else answers.of(request.method, request.url.path)


def _json(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    def json(self: Any, **named: Any) -> Any:
        subject = _subject(self, answers)
        body = method(self, **named)
        return body if subject is None else answers.json(subject, body)

    return json


def _raw(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    def raw(self: Any, *arguments: Any, **named: Any) -> Any:
        caller = sys._getframe(1)
        if not _of_httpx(caller.f_code.co_filename) and (subject := _subject(self, answers)) is not None:
            answers.raw(subject, parsed=_goes_straight_to_a_parser(caller))
        return method(self, *arguments, **named)

    return raw


@cache
def _of_httpx(filename: str) -> bool:
    spec = importlib.util.find_spec("httpx")
    return spec is not None and any(
        Path(filename).is_relative_to(folder) for folder in spec.submodule_search_locations or ()
    )


def _goes_straight_to_a_parser(frame: FrameType) -> bool:
    """Whether the frame evaluates `Model.model_validate_json(response.content)`.

    Then nothing but the model can read the body: it is bound to no name.
    """
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    tree = _tree(frame.f_code.co_filename)
    return tree is not None and positions in _parsed(tree)


@cache
def _tree(filename: str) -> ast.Module | None:
    try:
        return ast.parse(Path(filename).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


@cache
def _parsed(tree: ast.Module) -> frozenset[tuple[int | None, ...]]:
    """Where the only argument of a call of `model_validate_json` or `validate_json` is an attribute."""
    return frozenset(
        (argument.lineno, argument.end_lineno, argument.col_offset, argument.end_col_offset)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("model_validate_json", "validate_json")
        and len(call.args) == 1
        and not call.keywords
        for argument in call.args
        if isinstance(argument, ast.Attribute)
    )
