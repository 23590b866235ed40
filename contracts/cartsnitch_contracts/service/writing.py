"""Writing a service's declaration into its `pyproject.toml`, whose every other byte stays."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service.config import declares, load
from cartsnitch_contracts.service.declaration import ServiceConfig


@dataclass(frozen=True)
class Draft:
    """What a declaration shall say; `consumes` are handlers by channel."""

    service: Service
    publishes: Sequence[EventType] = ()
    consumes: Mapping[EventType, str] = field(default_factory=dict)
    calls: Sequence[str] = ()
    app: str | None = None

    @property
    def toml(self) -> str:
        """As it stands in the file."""
        lines = ["[tool.cartsnitch]", f"service = {_quoted(self.service)}"]
        lines += [f"publishes = {_list(self.publishes)}"] if self.publishes else []
        lines += [f"calls = {_list(self.calls)}"] if self.calls else []
        lines += [f"app = {_quoted(self.app)}"] if self.app else []
        if self.consumes:
            lines += ["", "[tool.cartsnitch.consumes]"]
            lines += [f"{_quoted(channel)} = {_quoted(place)}" for channel, place in self.consumes.items()]
        return "\n".join(lines) + "\n"


def require_undeclared(pyproject: Path) -> None:
    """Make sure that a declaration can be added to the file.

    Raises:
        ConfigurationError: it has one, or is no TOML.
    """
    if not declares(pyproject):
        return
    try:
        tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{pyproject} is not TOML: {error}; nothing was written.") from None
    raise ConfigurationError(
        f"{pyproject} has a [tool.cartsnitch] already; nothing was written.\n"
        "See what it lacks: cartsnitch contracts doctor. To begin anew, remove the table first."
    )


def write_declaration(pyproject: Path, draft: Draft) -> ServiceConfig:
    """Add it at the end of the file, which is made where there is none; returns what was declared.

    Raises:
        ConfigurationError: there is a declaration already, or the file cannot be added to or read; it is
            as it was then.
    """
    require_undeclared(pyproject)
    before = pyproject.read_bytes() if pyproject.exists() else None
    text = before or b""
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    gap = (b"" if text.endswith(b"\n") else newline) + newline if text.strip() else b""
    try:
        pyproject.write_bytes(text + gap + draft.toml.encode().replace(b"\n", newline))
        return load(pyproject)
    except (OSError, ConfigurationError) as error:
        _restore(pyproject, before)
        raise ConfigurationError(f"{error}\n{pyproject} is as it was.") from None


def _restore(pyproject: Path, before: bytes | None) -> None:
    if before is None:
        pyproject.unlink(missing_ok=True)
    else:
        pyproject.write_bytes(before)


def _list(values: Sequence[str]) -> str:
    if len(values) == 1:
        return f"[{_quoted(values[0])}]"
    return "[\n" + "".join(f"    {_quoted(value)},\n" for value in values) + "]"


def _quoted(text: str) -> str:
    """TOML's basic strings are written as JSON's are."""
    return json.dumps(str(text), ensure_ascii=False)
