"""The fixtures that promises see."""

from collections.abc import Mapping

import pytest


def visible_fixtures(node: pytest.Collector) -> Mapping[str, str]:
    """Those of a node by name, each with the module that defines the one that it gets."""
    manager = node.session._fixturemanager
    # pytest 8 keeps them in one table, 9 in two.
    tables = [table for attribute, table in vars(manager).items() if attribute.startswith("_arg2")]
    found = {"request": pytest.FixtureRequest.__module__}
    for name in {name for table in tables for name in table}:
        if defined := manager.getfixturedefs(name, node):
            found[name] = getattr(defined[-1].func, "__module__", "")
    return found
