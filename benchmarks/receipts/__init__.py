"""How many receipts of 12 lines a second: ours as plain data and as rows, and the usual ways to make rows.

`python -m benchmarks receipts --write` puts the table into `docs/receipts-speed.md`.
"""

from pathlib import Path

from benchmarks.receipts.tables import tables

PAGE = Path(__file__).parents[2] / "docs" / "receipts-speed.md"

__all__ = ["PAGE", "tables"]
