"""A service's contracts at a glance: what is declared, found in code, tested, and out of order."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cartsnitch_contracts.database.allowances import objections
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.library import database
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.found import Found, Place, find
from cartsnitch_contracts.service.histories import migrations_of
from cartsnitch_contracts.service.importing import import_app
from cartsnitch_contracts.service.named import missing
from cartsnitch_contracts.service.overrides import overridden

RECORD: Final = "v/cartsnitch/promises"
"""Where, in pytest's cache, the last outcome of each promise is kept."""


@dataclass(frozen=True)
class Line:
    """One thing that was looked at: `wrong` where something is to be done."""

    topic: str
    text: str
    wrong: bool = False


def examine(config: ServiceConfig, today: date) -> Iterator[Line]:
    """All that is to be said of the service whose declaration this is; tests are not run.

    Its app is imported, in a process of its own.
    """
    found = find(config.folder)
    yield from _declared(config)
    yield from _code(config, found)
    yield from _tests(config)
    yield from _fixtures(config)
    yield from _app(config)
    yield from _database(config, today)


def _declared(config: ServiceConfig) -> Iterator[Line]:
    for channel in config.publishes:
        yield Line("declared", f"publishes {channel}")
    for channel, place in config.consumes.items():
        yield _named(config, f"consumes {channel} with", place)
    for call in config.calls:
        yield Line("declared", f"calls {call}")
    yield _named(config, "serves", config.app) if config.app else Line("declared", "serves nothing")
    for allowance in config.database.allow:
        yield Line(
            "declared",
            f"may {allowance.access} {allowance.table} until {allowance.expires}: {allowance.reason}",
        )
    if not config.database.use:
        yield Line("declared", "uses no database")


def _named(config: ServiceConfig, what: str, place: str) -> Line:
    why = missing(config.folder, place)
    return Line("declared", f"{what} {place}" + (f": {why}" if why else ""), wrong=bool(why))


def _code(config: ServiceConfig, found: Found) -> Iterator[Line]:
    listens = {channel: place for channel, (_, place) in found.listens.items()}
    calls = {call: place for call, place in found.calls.items() if not call.startswith(f"{config.service}:")}
    yield from _compared("publishes", set(map(str, config.publishes)), found.publishes)
    yield from _compared("consumes", set(map(str, config.consumes)), listens)
    yield from _compared("calls", set(map(str, config.calls)), calls)
    for app, place in found.apps.items():
        if config.app is None:
            yield Line("code", f'has the app {app} at {place}, not declared: add app = "{app}"', wrong=True)


def _compared(verb: str, declared: set[str], found: Mapping[Any, Place]) -> Iterator[Line]:
    for name, place in sorted(
        ((str(name), place) for name, place in found.items()), key=lambda each: each[0]
    ):
        if name in declared:
            yield Line("code", f"{verb} {name} at {place}")
        else:
            local = f"; it is inside {place.inside}, so name a function of the module" if place.inside else ""
            yield Line("code", f"{verb} {name} at {place}, not declared: add it to {verb}{local}", wrong=True)
    for name in sorted(declared - set(map(str, found))):
        yield Line("code", f"{verb} {name} nowhere that can be seen without running it")


def _tests(config: ServiceConfig) -> Iterator[Line]:
    record = _record(config.folder)
    if not record:
        yield Line("tests", "no run is on record: pytest --cartsnitch-contracts")
        return
    untested = {name: each["reason"] for name, each in record.items() if each["outcome"] == "skipped"}
    broken = [name for name, each in record.items() if each["outcome"] == "failed"]
    yield Line("tests", f"{len(record)} promises in the last runs")
    yield from (Line("tests", f"broken: {name}", wrong=True) for name in sorted(broken))
    for name, reason in sorted(untested.items()):
        yield Line("tests", f"untested: {name}" + (f": {reason}" if reason else ""), wrong=True)


def _fixtures(config: ServiceConfig) -> Iterator[Line]:
    for name, place in overridden(config.folder):
        yield Line("fixtures", f"{name} of the kit is overridden in {place}")


def _app(config: ServiceConfig) -> Iterator[Line]:
    if config.app is None or missing(config.folder, config.app):
        return
    try:
        done = import_app(config.folder, config.app)
    except DocumentError as error:
        yield Line("import", str(error), wrong=True)
        return
    if done.error:
        yield Line("import", f"{config.app} cannot be imported: {done.error}", wrong=True)
    for deed in done.deeds:
        yield Line("import", f"importing {config.app} {deed}: do that in its lifespan", wrong=True)
    if not done.error and not done.deeds:
        yield Line("import", f"{config.app} opens nothing and reads no settings when it is imported")


def _database(config: ServiceConfig, today: date) -> Iterator[Line]:
    for path, what in migrations_of(config.folder):
        text = f"{path.relative_to(config.folder)} {what}, and only cartsnitch-common may have any"
        yield Line("migrations", text, wrong=True)
    for _, said in objections(config.database.allow, database(), config.service, today=today):
        yield Line("allow-list", said, wrong=True)


def _record(folder: Path) -> dict[str, dict[str, str]]:
    """The last outcome of each promise, by its id; empty where no run is on record."""
    file = folder / _cache_dir(folder) / RECORD
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _cache_dir(folder: Path) -> str:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    options = project.get("tool", {}).get("pytest", {}).get("ini_options", {})
    return str(options.get("cache_dir", ".pytest_cache"))
