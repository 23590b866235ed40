"""Where receipts come from."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from cartsnitch_common.constants import StoreSlug
from cartsnitch_common.errors import CartsnitchError


class SourceError(CartsnitchError):
    """A store's pages cannot be had; the message says where and why."""


class Source(Protocol):
    """A way to a user's account pages."""

    def receipts(self, store: StoreSlug, user_id: UUID) -> Iterator[Mapping[str, Any]]:
        """Every receipt that the store shows of the user, as the store's own JSON.

        Raises:
            SourceError: the pages cannot be had.
        """


class Folder:
    """Account pages that were saved as `STORE/USER.jsonl` under a folder, one receipt a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def receipts(self, store: StoreSlug, user_id: UUID) -> Iterator[Mapping[str, Any]]:
        """The lines of the user's file; nothing where the store has saved none."""
        path = self._path / store / f"{user_id}.jsonl"
        if not self._path.is_dir():
            raise SourceError(
                f"There is no folder {self._path}. Set RECEIPTWITNESS_PAGES to where pages are saved."
            )
        if not path.exists():
            return
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    page = json.loads(line)
                except ValueError as error:
                    raise SourceError(f"{path}, line {number} is no JSON: {error}.") from None
                if not isinstance(page, dict):
                    raise SourceError(f"{path}, line {number} is no JSON object.")
                yield page
