"""The runtime library that every CartSnitch service shares."""
