"""Importing the runtime package against importing the libraries it stands on, each in a fresh interpreter."""

import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Row, Table

ROUNDS = 9
OURS = (
    "cartsnitch_common.models",
    "cartsnitch_common.schemas",
    "cartsnitch_common.schemas.events",
    "cartsnitch_common.events",
    "cartsnitch_common.database",
    "cartsnitch_common.config",
)
BARE = ("sqlalchemy.orm", "pydantic")
LIBRARIES = (
    *BARE,
    "sqlalchemy.ext.asyncio",
    "pydantic.networks",
    "pydantic_settings",
    "redis",
    "redis.asyncio",
    "cryptography.hazmat.primitives.ciphers.aead",
    "email_validator",
)


def tables() -> Iterator[Table]:
    """The whole package, and the event bus alone."""
    yield Table(
        "import, in a fresh interpreter",
        [
            _compare("the runtime package, against sqlalchemy + pydantic", OURS, BARE),
            _compare("the runtime package, against all libraries it uses", OURS, LIBRARIES),
            _compare(
                "the event bus alone, against pydantic + redis",
                ("cartsnitch_common.events",),
                ("pydantic", "redis", "redis.asyncio"),
            ),
        ],
    )


def _compare(label: str, ours: tuple[str, ...], bare: tuple[str, ...]) -> Row:
    for modules in (ours, bare):
        _seconds(modules)  # writes the bytecode
    rounds = [(_seconds(ours), _seconds(bare)) for _ in range(ROUNDS)]
    return Row(
        label,
        median(own for own, _ in rounds),
        median(other for _, other in rounds),
        median(own / other for own, other in rounds),
    )


def _seconds(modules: tuple[str, ...]) -> float:
    code = (
        f"import time; start = time.perf_counter(); import {', '.join(modules)}; "
        "print(time.perf_counter() - start)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
