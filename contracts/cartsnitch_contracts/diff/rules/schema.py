"""The changes of a schema that the comparer knows by name."""

from cartsnitch_contracts.diff.rule import Rule, Subject
from cartsnitch_contracts.diff.rules.fields import PRESENCE, RENAMING
from cartsnitch_contracts.diff.rules.values import VALUE

__all__ = ["PAYLOAD_REFUSED", "PRESENCE", "RENAMING", "SCHEMA_RULES", "VALUE"]

PAYLOAD_REFUSED = Rule(
    id="payload-refused",
    purpose="One side sends what the other refuses, at a place that the schemas did not change.",
    fix="Make the writer and the reader of one release agree on the place.",
    steps=("make {writers} and {readers} of one release agree on {field}",),
    subject=Subject.SCHEMA,
)
SCHEMA_RULES = (*PRESENCE, *VALUE, PAYLOAD_REFUSED)
"""Every rule on schemas."""
