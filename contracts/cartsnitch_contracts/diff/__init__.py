"""What changed between two versions of a contract, and whom it breaks."""

from cartsnitch_contracts.diff.events import compare_documents
from cartsnitch_contracts.diff.findings import Finding, Order
from cartsnitch_contracts.diff.judge import Comparison, Witness, compare
from cartsnitch_contracts.inclusion import Verdict

__all__ = ["Comparison", "Finding", "Order", "Verdict", "Witness", "compare", "compare_documents"]
