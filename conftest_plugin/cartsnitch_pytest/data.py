"""Fixtures that make data: factories and receipts."""
