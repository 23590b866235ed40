"""The one table of rules: every kind of change that a finding can name."""

from cartsnitch_contracts.diff.rule import Rule, Subject, rule, table
from cartsnitch_contracts.diff.rules.channels import CHANNEL_RULES
from cartsnitch_contracts.diff.rules.rest import REST_RULES
from cartsnitch_contracts.diff.rules.schema import RENAMING, SCHEMA_RULES
from cartsnitch_contracts.diff.tables.rules import DATABASE_RULES

__all__ = ["RENAMING", "RULES", "Rule", "Subject", "rule", "table"]

RULES: dict[str, Rule] = table(*SCHEMA_RULES, *CHANNEL_RULES, *REST_RULES, *DATABASE_RULES)
"""Every rule by its id."""
