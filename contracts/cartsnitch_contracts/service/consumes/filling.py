"""Whether a handler's further parameters can be filled from fixtures of the same name."""

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final

from cartsnitch_contracts.service.consumes.handler import Handler
from cartsnitch_contracts.service.promise import Fixtures

_PYTEST: Final = "_pytest"


def unfilled(handler: Handler, fixtures: Fixtures, folder: Path) -> str:
    """What cannot be filled, by parameter and line of code within the folder; empty where all can."""
    told = f"{handler.place}{_line(handler.function, folder)}"
    return "\n".join(f"{told} {reason}" for name in handler.parameters if (reason := _why(name, fixtures)))


def _why(name: str, fixtures: Fixtures) -> str:
    if name not in fixtures:
        known = [each for each in fixtures if not each.startswith("_") and not _is_pytests(fixtures[each])]
        close = get_close_matches(name, known, 1)
        meant = f" Did you mean {close[0]}?" if close else ""
        return (
            f"wants '{name}', and there is no such fixture.{meant} Its parameters after the event are filled "
            "from fixtures of the same name."
        )
    if _is_pytests(fixtures[name]):
        return (
            f"wants '{name}', and the only fixture of that name is pytest's own, which no subscriber has. "
            "Name it after a fixture of conftest.py, give it a default, or bind it (functools.partial)."
        )
    return ""


def _is_pytests(module: str) -> bool:
    return module.partition(".")[0] == _PYTEST


def _line(function: Callable[..., Any], folder: Path) -> str:
    """Where its code is: ` (handlers.py:17)`."""
    plain = inspect.unwrap(function.func if isinstance(function, partial) else function)
    code = getattr(plain, "__code__", None) or getattr(type(plain).__call__, "__code__", None)
    if code is None:
        return ""
    path = Path(code.co_filename)
    where = path.relative_to(folder) if folder in path.parents else path
    return f" ({where}:{code.co_firstlineno})"
