"""What CartSnitch services promise each other.

`check_event` says whether an event keeps its channel's contract; `compare` whether a reader's schema
accepts all that a writer's allows; `compare_documents` what changed between two versions of a channel's
contract, and whom that breaks.
"""

from cartsnitch_contracts.diff import (
    Comparison,
    Finding,
    Mismatch,
    Order,
    Report,
    Verdict,
    compare,
    compare_documents,
)
from cartsnitch_contracts.document import Document
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.library import documents, load_document, read_document
from cartsnitch_contracts.payloads import Problem, check_event
from cartsnitch_contracts.reports import render
from cartsnitch_contracts.whatif import rename_field, rename_in_event

__all__ = [
    "Document",
    "DocumentError",
    "documents",
    "load_document",
    "read_document",
    "Problem",
    "check_event",
    "Comparison",
    "Finding",
    "Mismatch",
    "Order",
    "Report",
    "Verdict",
    "compare",
    "compare_documents",
    "render",
    "rename_field",
    "rename_in_event",
]
