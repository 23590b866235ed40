"""JSON that is read in review: one line for each column, key, check and index."""

import json
from typing import Any

_DEPTH_OF_LINES = 3
"""Tables and their parts are laid out over lines; what is in a part stands on one line."""


def dumps(value: Any) -> str:
    """A JSON object as text, keys in their order, with a final newline."""
    return _laid_out(value, 0) + "\n"


def _laid_out(value: Any, depth: int) -> str:
    if not isinstance(value, dict) or not value or depth > _DEPTH_OF_LINES:
        return json.dumps(value, ensure_ascii=False)
    inner, outer = "  " * (depth + 1), "  " * depth
    items = [
        f"{inner}{json.dumps(key, ensure_ascii=False)}: {_laid_out(item, depth + 1)}"
        for key, item in value.items()
    ]
    return "{\n" + ",\n".join(items) + f"\n{outer}}}"
