"""Schemas, pairs of schemas and payloads out of a seed: what a decider of inclusion is attacked with."""

from schemas.pairs import FAMILIES, Pair, pairs
from schemas.payloads import payloads

__all__ = ["FAMILIES", "Pair", "pairs", "payloads"]
