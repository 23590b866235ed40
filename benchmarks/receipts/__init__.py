"""How fast receipts are made, beside the usual ways to make rows; and how fast a market of them is loaded.

`python -m benchmarks receipts --write` puts the tables into `docs/receipts-speed.md`.
"""

from pathlib import Path

from benchmarks.receipts.tables import tables

PAGE = Path(__file__).parents[2] / "docs" / "receipts-speed.md"

__all__ = ["PAGE", "tables"]
