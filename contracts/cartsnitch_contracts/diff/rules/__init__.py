"""The one table of rules: every kind of change that a finding can name."""

from cartsnitch_contracts.diff.rule import Rule, Subject, rule, table
from cartsnitch_contracts.diff.rules.channels import CHANNEL_RULES
from cartsnitch_contracts.diff.rules.rest import REST_RULES
from cartsnitch_contracts.diff.rules.schema import RENAMING, SCHEMA_RULES

__all__ = ["RENAMING", "RULES", "Rule", "Subject", "rule", "table"]

RULES: dict[str, Rule] = table(*SCHEMA_RULES, *CHANNEL_RULES, *REST_RULES)
"""Every rule by its id; `DATABASE_RULES` of `diff.tables.rules` join here."""
