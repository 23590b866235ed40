"""JSON Schema alone: is all that a writer's schema accepts accepted by a reader's?"""

from cartsnitch_contracts.inclusion.decide import READER, WRITER, decide
from cartsnitch_contracts.inclusion.decision import Budget, Decision, Verdict
from cartsnitch_contracts.inclusion.read import plain

__all__ = ["decide", "plain", "Budget", "Decision", "Verdict", "READER", "WRITER"]
