"""What one service promises the others, read from its `pyproject.toml` and checked on its code."""
