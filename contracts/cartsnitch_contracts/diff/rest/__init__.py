"""What changed between two versions of a service's operations, and which callers that breaks."""

from cartsnitch_contracts.diff.rest.operations import compare_services

__all__ = ["compare_services"]
