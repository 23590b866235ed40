"""What a service declares in `[tool.cartsnitch]` of its `pyproject.toml`.

[tool.cartsnitch]
service = "stickershock"
publishes = ["cartsnitch.alerts.price_increase"]
calls = ["receiptwitness:GET /sync/status"]
app = "stickershock.main:app"

[tool.cartsnitch.consumes]
"cartsnitch.prices.updated" = "stickershock.handlers:on_prices_updated"
"""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, cast

from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.declaration import TABLE, Call, ServiceConfig
from cartsnitch_contracts.service.lines import Lines
from cartsnitch_contracts.service.reading import kind_of, read

__all__ = ["Call", "ServiceConfig", "declares", "load"]


def declares(pyproject: Path) -> bool:
    """Whether the file has a `[tool.cartsnitch]`; one that is no TOML counts, so that reading explains it."""
    try:
        return "cartsnitch" in tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool", {})
    except OSError:
        return False
    except (ValueError, TypeError):
        return True


def load(pyproject: Path) -> ServiceConfig:
    """The declaration of the service whose `pyproject.toml` this is.

    Raises:
        ConfigurationError: there is none, or some of it cannot be; one line for each mistake, which
            begins with file and line and says what is known and what to do.
    """
    text = _read(pyproject)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigurationError(
            f"{pyproject.name}:{line[1] if line else 1}: this is not TOML: {error}."
        ) from None
    lines = Lines(text)
    at = partial(_at, raw, lines, pyproject.name)
    misspelt = _misspelt(at(dict, "tool"), lines)
    if "cartsnitch" not in at(dict, "tool"):
        raise ConfigurationError(
            f"{pyproject} has no table [tool.cartsnitch], which says what the service promises.{misspelt}\n"
            'Add it, with at least one line: service = "stickershock". Without promises to check, leave out '
            "--cartsnitch-contracts."
        )
    table, name, version = (
        at(dict, "tool", "cartsnitch"),
        at(str, "project", "name"),
        at(str, "project", "version"),
    )
    return read(table, pyproject, lines, name=name, version=version, misspelt=misspelt)


def _misspelt(tool: Mapping[str, Any], lines: Lines) -> str:
    """Which other table may be meant, as a question; empty where none is near."""
    near = get_close_matches(TABLE[-1], [name for name in tool if name != TABLE[-1]], 1, cutoff=0.8)
    return "".join(f" Is [tool.{name}] in line {lines.of(('tool', name))} meant to be it?" for name in near)


def _at[T](raw: Mapping[str, Any], lines: Lines, file: str, kind: type[T], *path: str) -> T:
    """What the file has at a path, empty where it has nothing; a ConfigurationError for another kind."""
    found: Any = raw
    for size, step in enumerate(path, 1):
        wanted = kind if size == len(path) else dict
        found = found.get(step, wanted())
        if not isinstance(found, wanted):
            name = ".".join(path[:size])
            remedy = f"[{name}]" if wanted is dict else f'{step} = "..."'
            raise ConfigurationError(
                f"{file}:{lines.of(path[:size])}: {name} is {kind_of(found)}, but must be "
                f"{kind_of(wanted())}. Write it as {remedy}."
            )
    return cast("T", found)


def _read(pyproject: Path) -> str:
    try:
        return pyproject.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"{pyproject} cannot be read: {reason}. It is where a service says what it promises."
        ) from None
