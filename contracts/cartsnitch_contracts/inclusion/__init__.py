"""JSON Schema alone: is all that a writer's schema accepts accepted by a reader's?"""

from cartsnitch_contracts.inclusion.decide import decide
from cartsnitch_contracts.inclusion.decision import Budget, Decision, Verdict

__all__ = ["decide", "Budget", "Decision", "Verdict"]
