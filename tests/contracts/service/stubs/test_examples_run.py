"""The examples in the docstrings of the stubs are true."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["stub"])
def test_the_examples_of_a_module_run(name):
    """As they stand there; a module that has none would not be listed."""
    module = import_module(f"cartsnitch_contracts.service.stubs.{name}")

    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)

    assert result.attempted > 0
    assert result.failed == 0
