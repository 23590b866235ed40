"""The declaration that this run checks: which file has it, read before anything is collected."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from cartsnitch_common.errors import ConfigurationError
from cartsnitch_contracts.service import config as declaration
from cartsnitch_pytest.promises.places import FILE

if TYPE_CHECKING:
    from cartsnitch_contracts.service.config import ServiceConfig

DECLARED: "Final[pytest.StashKey[ServiceConfig]]" = pytest.StashKey()
"""What the service says of itself."""


def read(config: pytest.Config) -> None:
    """Read the declaration, and let its modules be found; before any conftest is loaded.

    Raises:
        pytest.UsageError: there is none, or it has mistakes; the message says where.
    """
    path = find(config)
    try:
        declared = declaration.load(path)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[DECLARED] = declared
    # At the end: a service that is installed is taken from there.
    sys.path += [str(folder) for folder in (path.parent, path.parent / "src") if str(folder) not in sys.path]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have its file collected."""
    path = config.stash[DECLARED].path
    if config.args_source is not pytest.Config.ArgsSource.ARGS and not _is_within(path, config):
        config.args.append(str(path))


def pytest_report_header(config: pytest.Config) -> str:
    """Whose promises are checked, and where they are declared."""
    declared = config.stash[DECLARED]
    return f"cartsnitch: promises of {declared.service}, as {declared.path} declares them"


def find(config: pytest.Config) -> Path:
    """The file that an argument names, else the nearest one with a declaration, upwards to the root."""
    invoked = config.invocation_params.dir
    for argument in config.known_args_namespace.file_or_dir:
        named = Path(argument.partition("::")[0])
        if named.name == FILE:
            return (invoked / named).resolve()
    for folder in (invoked, *invoked.parents):
        if declaration.declares(folder / FILE):
            return folder / FILE
        if folder == config.rootpath:
            break
    return config.rootpath / FILE


def _is_within(path: Path, config: pytest.Config) -> bool:
    """Whether a folder is collected that has the file."""
    folders = [config.invocation_params.dir / argument for argument in config.args]
    return any(folder == path.parent or folder in path.parents for folder in folders)
