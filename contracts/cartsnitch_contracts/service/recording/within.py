"""The code that some code may reach: what it names, its inner functions, and tables of functions."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial, partialmethod
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from cartsnitch_contracts.service.recording.code import ServiceCode

type Reached = tuple[CodeType, Mapping[str, Any]]
"""Some code, with the global names that it sees."""

_DYNAMIC: Final = frozenset(
    (
        "__dict__",
        "__getattribute__",
        "attrgetter",
        "eval",
        "exec",
        "getattr",
        "globals",
        "methodcaller",
        "vars",
    )
)
"""Code that uses one of these names may reach whatever its module has."""
_DEPTH: Final = 3


def within(codes: Iterable[Reached], service: ServiceCode) -> list[CodeType]:
    """The given code of the service, and what it may reach.

    Args:
        codes: where to begin.
        service: tells which code is the service's.
    """
    found: dict[int, CodeType] = {}
    waiting = list(codes)
    while waiting:
        code, names = waiting.pop()
        if id(code) in found or not service.owns(code):
            continue
        found[id(code)] = code
        waiting += [(inner, names) for inner in code.co_consts if isinstance(inner, CodeType)]
        dynamic = not _DYNAMIC.isdisjoint(code.co_names)
        for name in names if dynamic else code.co_names:
            for function in _functions(names.get(name), 1 if dynamic else 0):
                waiting.append((function.__code__, function.__globals__))
    return list(found.values())


def defined(modules: Mapping[str, ModuleType], service: ServiceCode) -> list[CodeType]:
    """All of the service's functions, in the modules that are imported."""
    own = [
        vars(module)
        for module in list(modules.values())
        if isinstance(file := getattr(module, "__file__", None), str) and service.kind(file) == "service"
    ]
    functions = {each for names in own for value in names.values() for each in _functions(value, 1)}
    return within([(each.__code__, each.__globals__) for each in functions], service)


def _functions(value: Any, depth: int) -> Iterator[FunctionType]:
    """The functions that a global name may stand for; of classes and objects, those within tables alone."""
    if depth > _DEPTH or isinstance(value, ModuleType):
        return
    if isinstance(value, FunctionType):
        yield value
        if (wrapped := getattr(value, "__wrapped__", None)) is not None:
            yield from _functions(wrapped, depth)
        if isinstance(registry := getattr(value, "registry", None), Mapping):  # singledispatch
            yield from _functions(dict(registry), depth)
    elif isinstance(value, MethodType):
        yield from _functions(value.__func__, depth)
    elif isinstance(value, partial | partialmethod):
        yield from _functions(value.func, depth)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _functions(each, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _functions(each, depth + 1)
    elif depth:
        yield from _methods(value if isinstance(value, type) else type(value), depth)


def _methods(cls: type, depth: int) -> Iterator[FunctionType]:
    for each in vars(cls).values():
        inner = each.__func__ if isinstance(each, staticmethod | classmethod) else each
        inner = inner.fget if isinstance(inner, property) else inner
        if isinstance(inner, FunctionType):
            yield inner
