"""Findings for people and machines."""

from cartsnitch_contracts.reports.text import render

__all__ = ["render"]
