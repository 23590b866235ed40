"""What deciding inclusion costs, and how often it is right: ours and two peers on the same pairs.

`python -m benchmarks contracts --write` puts the tables into `docs/contracts-speed.md`. The environment's
CARTSNITCH_BENCH_PAIRS says how many pairs there are, where 10,000 are too many.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))  # what draws the pairs is the tests' own

from benchmarks.contracts.tables import tables  # noqa: E402

PAGE = ROOT / "docs" / "contracts-speed.md"

__all__ = ["PAGE", "tables"]
