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
from pathlib import Path
from typing import Any

from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.declaration import Call, ServiceConfig
from cartsnitch_contracts.service.lines import Lines
from cartsnitch_contracts.service.reading import read

__all__ = ["Call", "ServiceConfig", "declares", "load"]


def declares(pyproject: Path) -> bool:
    """Whether the file has a `[tool.cartsnitch]`; one that is no TOML counts, so that reading explains it."""
    try:
        return "cartsnitch" in tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool", {})
    except OSError:
        return False
    except ValueError:
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
    table = raw.get("tool", {}).get("cartsnitch")
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"{pyproject} has no table [tool.cartsnitch], which says what the service promises.\n"
            'Add it, with at least one line: service = "stickershock". Without promises to check, leave out '
            "--cartsnitch-contracts."
        )
    project: dict[str, Any] = raw.get("project", {})
    return read(
        table, pyproject, Lines(text), name=project.get("name", ""), version=project.get("version", "")
    )


def _read(pyproject: Path) -> str:
    try:
        return pyproject.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"{pyproject} cannot be read: {reason}. It is where a service says what it promises."
        ) from None
