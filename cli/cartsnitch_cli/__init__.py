"""The `cartsnitch` command."""
