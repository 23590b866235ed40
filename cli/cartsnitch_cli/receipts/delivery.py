"""Where generated receipts go: to standard output, or to a folder."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from cartsnitch_common.errors import ConfigurationError


def to_standard_output(parts: Iterable[bytes]) -> None:
    """One after the other, as they are made; ends quietly when the reader has had enough, as `head` has.

    Raises:
        ConfigurationError: it cannot be written, because a disk is full.
    """
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still in the buffer would be written, and complained of, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise ConfigurationError(
                f"Standard output cannot be written: {error.strerror}. Name a folder: --out DIR."
            ) from None


def to_folder(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """A file for each name, which replaces one of the same name; returns how many.

    Raises:
        ConfigurationError: it is no folder, or cannot be written to.
    """
    if folder.is_file():
        raise ConfigurationError(f"{folder} is a file. Name a folder, new or not: --out DIR.")
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files:
            (folder / name).write_bytes(content)
            written += 1
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder} cannot be written: {error.strerror}. "
            f"Name a folder that can be, new or not: --out DIR."
        ) from None
    return written
