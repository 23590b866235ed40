"""Bare pytest."""
