"""The entry point of the pytest plugin: it names the modules with the fixtures, and costs next to nothing.

These import pytest and the standard library alone; what a fixture needs is imported when a test asks for it.
"""

pytest_plugins = (
    "cartsnitch_pytest.choice",
    "cartsnitch_pytest.failures",
    "cartsnitch_pytest.postgres",
    "cartsnitch_pytest.grants",
    "cartsnitch_pytest.redis",
    "cartsnitch_pytest.data",
    "cartsnitch_pytest.market",
    "cartsnitch_pytest.stubs",
    "cartsnitch_pytest.workers",
    "cartsnitch_pytest.promises.environment",
    "cartsnitch_pytest.promises.switch",
    "cartsnitch_pytest.promises.search",
)
