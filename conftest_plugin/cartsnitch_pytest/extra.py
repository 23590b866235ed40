"""What a fixture says where the testing extra is not installed."""

from functools import cache
from importlib.util import find_spec

PACKAGES = ("aiosqlite", "fakeredis", "hypothesis", "jsonschema_rs", "polyfactory", "testcontainers")
"""What the extra brings on every platform. All are asked for, so that no fixture works by chance."""
INSTALL = 'pip install "cartsnitch-common[testing]"'


class MissingExtraError(Exception):
    """A fixture needs the testing extra; the message names what is missing and how to install it."""


def require_testing_extra(fixture: str) -> None:
    """Before a fixture imports what it needs.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    if missing := _missing():
        raise MissingExtraError(
            f"The fixture {fixture!r} needs the testing extra, and {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed.\nInstall what tests need: {INSTALL}."
        )


@cache
def _missing() -> tuple[str, ...]:
    return tuple(name for name in PACKAGES if find_spec(name) is None)
