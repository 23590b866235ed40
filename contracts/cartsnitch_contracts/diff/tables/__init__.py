"""What changed between two versions of the database, and whom that breaks. Works on documents alone."""

from cartsnitch_contracts.diff.tables.compare import compare_databases

__all__ = ["compare_databases"]
