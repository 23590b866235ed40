"""Receipts in files: written as the stores write them, read with a reason for each that cannot be."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartsnitch_common.errors import ConfigurationError
from cartsnitch_fixtures.receipts import Receipt


@dataclass(frozen=True)
class Rejected:
    """A file, or one receipt of it, that was left out, and why."""

    path: Path
    reason: str


def write_receipts(receipts: Iterable[Receipt], folder: Path) -> Iterator[Path]:
    """Write each as `<store>/<receipt id>.json` below `folder`."""
    for receipt in receipts:
        path = folder / receipt.store / f"{receipt.receipt_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(receipt.raw(), indent=2) + "\n", encoding="utf-8")
        yield path


def find_files(folder: Path) -> list[Path]:
    """Every `*.json` below the folder, sorted.

    Raises:
        ConfigurationError: there is no such folder, or no such file in it.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"There is no folder {folder}. Give one that holds receipts as *.json.")
    found = sorted(path for path in folder.rglob("*.json") if path.is_file())
    if not found:
        raise ConfigurationError(
            f"{folder} holds no *.json, at any depth. Save a store's receipts there, one file each or a list."
        )
    return found


def read_file(path: Path) -> list[Any] | Rejected:
    """The receipts of one file, which holds one or a list of them."""
    try:
        content = json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        return Rejected(path, f"cannot be opened: {error.strerror}")
    except (ValueError, RecursionError) as error:
        return Rejected(path, f"not JSON: {error}")
    entries = content if isinstance(content, list) else [content]
    return entries or Rejected(path, "the list is empty")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")
