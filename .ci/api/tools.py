"""The public names that are no Python names: commands with their options, and what the pytest plugin adds."""

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import typer

import cartsnitch_pytest
from cartsnitch_cli.main import app

MARKER = re.compile(r"^@pytest\.mark\.((?:cartsnitch|needs)_\w+)(?:\([^:]*\))?: (.*)$", re.MULTILINE)
OPTION = re.compile(r"^  (--cartsnitch-[\w-]+)(?:=\S+)?\s+(.*?)(?=^  \S|^\S|^$)", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"^  (cartsnitch_\w+) \(\w+\):\s+(.*?)(?=^  \S|^\S|^$)", re.MULTILINE | re.DOTALL)

OURS = ("_", "cartsnitch_")
"""What the names of fixtures begin with that only promises and other fixtures ask for."""


def commands() -> Iterator[tuple[str, list[str], str]]:
    """Each command, its options, and what its help begins with."""
    yield from _below("cartsnitch", typer.main.get_command(app))


def fixtures() -> list[tuple[str, str]]:
    """The fixtures that a test may ask for, and what each is."""
    found = {}
    for module in pkgutil.walk_packages(cartsnitch_pytest.__path__, "cartsnitch_pytest."):
        for value in vars(importlib.import_module(module.name)).values():
            if type(value).__name__ == "FixtureFunctionDefinition" and not value.name.startswith(OURS):
                found[value.name] = _sentence(value._fixture_function.__doc__ or "")
    return sorted(found.items())


def options() -> list[tuple[str, str]]:
    """The options of pytest's command line, and what each does."""
    return [(name, _sentence(text)) for name, text in OPTION.findall(_pytest("--help"))]


def settings() -> list[tuple[str, str]]:
    """The settings of pytest's configuration file, and what each does."""
    return [(name, _sentence(text)) for name, text in SETTING.findall(_pytest("--help"))]


def markers() -> list[tuple[str, str]]:
    """The markers of tests, and what each does."""
    return [(name, _sentence(text)) for name, text in MARKER.findall(_pytest("--markers"))]


def _below(path: str, command: Any) -> Iterator[tuple[str, list[str], str]]:
    if hasattr(command, "list_commands"):
        context = command.make_context(path, [], resilient_parsing=True)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if not below.hidden:
                yield from _below(f"{path} {name}", below)
    else:
        options = [each for each in command.params if each.param_type_name == "option"]
        yield path, [max(each.opts, key=len) for each in options], _sentence(command.help or "")


@cache
def _pytest(option: str) -> str:
    """What pytest prints where no configuration but the plugin's is."""
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, "-W", "ignore", "-m", "pytest", "-p", "no:cacheprovider", option]
        environment = {**os.environ, "COLUMNS": "1000", "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def _sentence(text: str) -> str:
    """The first sentence, on one line."""
    first = " ".join(text.partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".")
