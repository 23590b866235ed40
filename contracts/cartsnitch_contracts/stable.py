"""The text of a document's file: the same for the same contract on every machine."""

import json
from typing import Any


def dumps(value: Any) -> str:
    """JSON as people review it, with a final newline; the order of keys is the caller's."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return "".join(map(_escaped, text)) + "\n"


def stable(schema: Any) -> Any:
    """A copy with sorted keys, and the two keywords sorted whose order means nothing."""
    if isinstance(schema, list):
        return [stable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    ordered = {key: stable(schema[key]) for key in sorted(schema)}
    for keyword in ("required", "enum"):
        if isinstance(ordered.get(keyword), list):
            ordered[keyword].sort(key=json.dumps)
    return ordered


def _escaped(character: str) -> str:
    # What cannot be seen, or turns the text around it, is written as an escape: the file is read in review.
    if character.isprintable() or character == "\n":
        return character
    return json.dumps(character)[1:-1]
