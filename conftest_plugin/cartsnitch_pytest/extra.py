"""What a fixture says where the testing extra is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

OURS = ("cartsnitch_",)
INSTALL = 'pip install "cartsnitch-common[testing]"'


class MissingExtraError(Exception):
    """A fixture needs a package of the testing extra; the message names it and how to install it."""


@contextmanager
def testing_extra(fixture: str) -> Iterator[None]:
    """Import a fixture's needs in this block: where a package is not installed, say which and what to do."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing.startswith(OURS):
            raise
        raise MissingExtraError(
            f"The fixture {fixture!r} needs the package {missing!r}, which is not installed.\n"
            f"Install what tests need: {INSTALL}."
        ) from error
