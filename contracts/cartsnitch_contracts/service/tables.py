"""The tables that a service's own code defines, beside those of cartsnitch-common."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from sqlalchemy import MetaData, Table

from cartsnitch_common.models import Base
from cartsnitch_contracts.library import database
from cartsnitch_contracts.service.declaration import ServiceConfig
from cartsnitch_contracts.service.promise import Untested


@dataclass(frozen=True)
class OwnTable:
    """A table that a module of the service defines; `again` where cartsnitch-common has one of that name."""

    name: str
    module: str
    again: bool


def own_tables(declared: ServiceConfig) -> list[OwnTable]:
    """Every table that the modules of the service define, once its handlers and its app are imported.

    They are looked for in the modules' globals: tables, metadata, and classes mapped to one.

    Raises:
        Untested: one of those modules cannot be imported, which another promise tells at length.
    """
    known = set(database().tables)
    ours = {id(table) for name, table in Base.metadata.tables.items() if name in known}
    found: dict[int, OwnTable] = {}
    for module in _modules(declared):
        for table in _tables(module):
            if id(table) not in ours:
                found.setdefault(id(table), OwnTable(table.name, module.__name__, table.name in known))
    return sorted(found.values(), key=lambda each: (each.name, each.module))


def _modules(declared: ServiceConfig) -> list[ModuleType]:
    """What is loaded of the packages that the handlers and the app are in; those are imported first."""
    places = {f"consumes[{channel}]": place for channel, place in declared.consumes.items()}
    places |= {"serves": declared.app} if declared.app else {}
    names = {promise: place.partition(":")[0] for promise, place in places.items()}
    for promise, name in names.items():
        try:
            import_module(name)
        except Exception as error:
            raise Untested(f"{name} cannot be imported, see {promise}") from error
    roots = {name.partition(".")[0] for name in names.values()}
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in roots]


def _tables(module: ModuleType) -> Iterator[Table]:
    for value in list(vars(module).values()):
        table = getattr(value, "__table__", None) if isinstance(value, type) else value
        if isinstance(table, Table):
            yield table
        metadata = getattr(value, "metadata", None) if isinstance(value, type) else value
        if isinstance(metadata, MetaData):
            yield from metadata.tables.values()
