"""Proof by execution: two releases, installed side by side, that really exchange messages and rows."""

from cartsnitch_contracts.proof.install import Installation, ProofError, install, revision, working_tree
from cartsnitch_contracts.proof.process import Process, RefusedError
from cartsnitch_contracts.proof.prove import Release, prove
from cartsnitch_contracts.proof.rounds import Observed, disagreements, exchanged

__all__ = [
    "Installation",
    "Observed",
    "Process",
    "ProofError",
    "RefusedError",
    "Release",
    "disagreements",
    "exchanged",
    "install",
    "prove",
    "revision",
    "working_tree",
]
