"""Where each kind of promise comes from."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig
    from cartsnitch_contracts.service.promise import Promise

KINDS: Final = (
    "cartsnitch_contracts.service.publishes",
    "cartsnitch_contracts.service.consumes.promises",
    "cartsnitch_contracts.service.serves",
    "cartsnitch_contracts.service.calls",
    "cartsnitch_contracts.service.database",
)
"""The modules that make promises out of a declaration, each with a function `promises(config)`."""


def promises(config: "ServiceConfig") -> "Iterator[Promise]":
    """All that a service promises, kind by kind."""
    for name in KINDS:
        yield from import_module(name).promises(config)
