"""Where a service declares its promises, and where its tests are."""

from pathlib import Path
from typing import Final

import pytest

FILE: Final = "pyproject.toml"


def names_file(arguments: list[str]) -> bool:
    """Whether one of the arguments is a `pyproject.toml` or the id of a promise in one."""
    return any(Path(argument.partition("::")[0]).name == FILE for argument in arguments)


def folders_of_tests(config: pytest.Config) -> list[Path]:
    """Where the service's own tests are: `testpaths`, else the folders beside the file called `test...`."""
    root = config.rootpath
    patterns: list[str] = config.getini("testpaths") or ["test*"]
    return sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_dir())
