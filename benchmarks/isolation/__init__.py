"""What an isolated database costs a test: our fixtures, pytest-postgresql, and the ways that projects write.

All runs use one environment, one unprivileged user and the same server binaries, and take turns, so that the
machine's noise hits all alike. `python -m benchmarks isolation --write` puts the tables into `docs/speed.md`.
"""

from pathlib import Path

from benchmarks.isolation.tables import tables

PAGE = Path(__file__).parents[2] / "docs" / "speed.md"

__all__ = ["PAGE", "tables"]
