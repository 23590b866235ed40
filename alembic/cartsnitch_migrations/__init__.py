"""The history of the CartSnitch schema."""
