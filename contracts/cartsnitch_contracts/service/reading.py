"""From the raw table to a `ServiceConfig`: each setting with its own check, every mistake with its line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cartsnitch_common.constants import EventType, Service
from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.database.allowances import read_allowance
from cartsnitch_contracts.errors import DocumentError, meant
from cartsnitch_contracts.library import database, snapshot
from cartsnitch_contracts.service.declaration import TABLE, Call, Database, ServiceConfig
from cartsnitch_contracts.service.lines import Lines
from cartsnitch_contracts.topology import ROUTES, title

_OBJECT: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_CALL: Final = re.compile(r"(?P<service>[^:\s]+):(?P<method>[A-Z]+) (?P<path>/\S*)")
_ROUTE: Final = "If it shall, change ROUTES of cartsnitch_contracts/topology.py in cartsnitch-common first."


class _Mistakes:
    """Gathers what is wrong, so that all of it is told at once."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name = name
        self._lines = lines
        self.found: list[tuple[int, str]] = []

    @contextmanager
    def at(self, *key: str) -> Iterator[None]:
        """A mistake within the block is one at this key."""
        try:
            yield
        except (ValueError, DocumentError) as error:
            self.found.append((self._lines.of((*TABLE, *key)), str(error)))

    def tell(self) -> None:
        """Raise if there was any."""
        if self.found:
            told = dict.fromkeys(f"{self._name}:{line}: {what}" for line, what in sorted(self.found))
            raise ConfigurationError("\n".join(told))


def read(
    table: Mapping[str, Any], path: Path, lines: Lines, *, name: str, version: str, misspelt: str = ""
) -> ServiceConfig:
    """The declaration in a `[tool.cartsnitch]`; raises ConfigurationError with all that is wrong.

    `misspelt` asks for another table where the service is missing.
    """
    mistakes = _Mistakes(path.name, lines)
    for key in table:
        with mistakes.at(key):
            _one_of(key, SETTINGS, "setting")
    with mistakes.at("service"):
        service = _service(table, misspelt)
    mistakes.tell()
    values: dict[str, Any] = {}
    for key, setting in SETTINGS.items():
        if key in table and key != "service":
            with mistakes.at(key):
                values[key] = setting(table[key], service, mistakes)
    mistakes.tell()
    return ServiceConfig(service, path, name=name, version=version, lines=lines, **values)


def _service(table: Mapping[str, Any], misspelt: str) -> Service:
    if "service" not in table:
        raise ValueError(
            f"service is missing: say whose promises these are.{misspelt} There are: {', '.join(Service)}."
        )
    return Service(_one_of(_text(table["service"], "service"), Service, "service"))


def _publishes(raw: Any, service: Service, mistakes: _Mistakes) -> tuple[EventType, ...]:
    channels = []
    for text in _texts(raw, "publishes", '["cartsnitch.prices.updated"]'):
        with mistakes.at("publishes", text):
            channel = EventType(_one_of(text, EventType, "channel"))
            if service not in (allowed := ROUTES[channel].publishers):
                raise ValueError(
                    f"{title(service)} does not publish {channel}, but: {_titles(allowed)}. "
                    f"Take it out of publishes. {_ROUTE}"
                )
            channels.append(channel)
    return tuple(channels)


def _consumes(raw: Any, service: Service, mistakes: _Mistakes) -> dict[EventType, str]:
    if not isinstance(raw, dict):
        raise ValueError(
            f"consumes is {kind_of(raw)}, but must name a handler for each channel: {_HANDLERS}."
        )
    handlers = {}
    for text, handler in raw.items():
        with mistakes.at("consumes", text):
            if isinstance(handler, dict) and text not in EventType:
                raise ValueError(
                    f"consumes has a table {text}, because TOML splits a name without quotation marks at its "
                    f'dots. Write "{_joined(text, handler)}" = ..., with quotation marks.'
                )
            channel = EventType(_one_of(text, EventType, "channel"))
            if service not in (allowed := ROUTES[channel].subscribers):
                raise ValueError(
                    f"{title(service)} is not subscribed to {channel}, but: {_titles(allowed)}. "
                    f"Take it out of consumes. {_ROUTE}"
                )
            handlers[channel] = _object(
                handler, f'consumes."{text}"', "stickershock.handlers:on_prices_updated"
            )
    return handlers


def _calls(raw: Any, service: Service, mistakes: _Mistakes) -> tuple[Call, ...]:
    calls = []
    for text in _texts(raw, "calls", '["receiptwitness:GET /prices"]'):
        with mistakes.at("calls", text):
            calls.append(_call(text, service))
    return tuple(calls)


def _call(text: str, service: Service) -> Call:
    found = _CALL.fullmatch(text)
    if found is None:
        known = [f"{name}:{each.name}" for name, rest in snapshot().rest.items() for each in rest.operations]
        raise ValueError(
            f'{text!r} is no call.{meant(text, known)} Write it like "receiptwitness:GET /prices".'
        )
    called = Service(_one_of(found["service"], Service, "service"))
    if called is service:
        raise ValueError(f"{text!r} is a call of the service itself. List the calls of others alone.")
    call = Call(called, found["method"], found["path"])
    snapshot().rest[called].operation(call.operation)
    return call


def _app(raw: Any, service: Service, mistakes: _Mistakes) -> str:
    return _object(raw, "app", "stickershock.main:app")


def _database(raw: Any, service: Service, mistakes: _Mistakes) -> Database:
    if not isinstance(raw, dict) or not isinstance(raw.get("allow", []), list):
        raise ValueError("database holds a list of what is allowed across tables: allow = []")
    for key in raw:
        with mistakes.at("database", key):
            _one_of(key, ["use", "allow"], "setting")
    if not isinstance(use := raw.get("use", True), bool):
        raise ValueError(
            f"use is {kind_of(use)}, but must be true or false: whether the service uses the database."
        )
    allow = []
    for entry in raw.get("allow", []):
        table = entry.get("table") if isinstance(entry, dict) else entry
        with mistakes.at("database", "allow", str(table)):
            allow.append(read_allowance(entry))
            _one_of(allow[-1].table, database().tables, "table")
    return Database(use, tuple(allow))


def _supported(raw: Any, service: Service, mistakes: _Mistakes) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise ValueError(
            f"supported is {raw!r}, but must be a number of minor releases, 1 or more: supported = 3."
        )
    return raw


SETTINGS: Final[Mapping[str, Callable[[Any, Service, _Mistakes], object]]] = {
    "service": lambda raw, service, mistakes: service,
    "publishes": _publishes,
    "consumes": _consumes,
    "calls": _calls,
    "app": _app,
    "database": _database,
    "supported": _supported,
}
"""What may be set, each with what reads it: the raw value, whose service it is, and where mistakes go."""

_HANDLERS: Final = '"cartsnitch.prices.updated" = "stickershock.handlers:on_prices_updated"'


def _object(raw: Any, key: str, example: str) -> str:
    text = _text(raw, key)
    if not _OBJECT.fullmatch(text):
        raise ValueError(f"{key} is {text!r}, which is no module and name. Write it like {example!r}.")
    return text


def _text(raw: Any, key: str) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{key} is {kind_of(raw)}, but must be a text.")
    return raw


def _texts(raw: Any, key: str, example: str) -> list[str]:
    if not isinstance(raw, list):
        raise ValueError(f"{key} is {kind_of(raw)}, but must be a list of texts: {key} = {example}.")
    for number, each in enumerate(raw):
        if not isinstance(each, str):
            raise ValueError(
                f"{key}[{number}] is {kind_of(each)}, {each!r}, but must be a text: {key} = {example}."
            )
    if twice := sorted({each for each in raw if raw.count(each) > 1}):
        raise ValueError(f"{key} names {twice[0]} twice. Name it once.")
    return raw


def _joined(name: str, table: Mapping[str, Any]) -> str:
    """The first name with dots that TOML took for tables in tables."""
    step, inner = next(iter(table.items()), ("", None))
    whole = f"{name}.{step}".removesuffix(".")
    return _joined(whole, inner) if isinstance(inner, dict) else whole


def _one_of(text: str, known: Iterable[str], noun: str) -> str:
    names = [str(name) for name in known]
    if text not in names:
        listed = ", ".join(names)
        raise ValueError(f"There is no {noun} {text!r}.{meant(text, names)} There are: {listed}.")
    return text


def _titles(services: Iterable[str]) -> str:
    return ", ".join(title(service) for service in services)


def kind_of(raw: Any) -> str:
    """What a value of TOML is, for people: `a text`."""
    kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number", dict: "a table"}
    return kinds.get(type(raw), f"a {type(raw).__name__}")
