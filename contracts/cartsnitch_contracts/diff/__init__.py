"""What changed between two versions of a contract, and whom it breaks."""

from cartsnitch_contracts.diff.compare import compare
from cartsnitch_contracts.diff.events import compare_documents
from cartsnitch_contracts.diff.report import Comparison, Finding, Mismatch, Order, Report
from cartsnitch_contracts.inclusion import Verdict

__all__ = [
    "Comparison",
    "Finding",
    "Mismatch",
    "Order",
    "Report",
    "Verdict",
    "compare",
    "compare_documents",
]
