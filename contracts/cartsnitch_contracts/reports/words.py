"""Words that can be shown anywhere: nothing invisible in them, and no end that never comes."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

MOST = 400
"""A text of more characters is cut, and says so."""


def clean(text: object, most: int = MOST) -> str:
    """One line that shows as it reads: control characters, line ends, what turns text around are escaped."""
    line = str(text)
    length = len(line)
    if length > most:
        line = line[:most]
    line = "".join(map(_escaped, line))
    return line if length <= most else f"{line} ... ({length:,} characters)"


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def as_json(value: Any, most: int = MOST) -> str:
    """A value as JSON on one line, cut when it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=_number)
    except (RecursionError, ValueError, TypeError):
        text = f"a value of type {type(value).__name__} that JSON cannot show"
    return clean(text, most)


def plain(value: Any) -> Any:
    """The value where JSON can hold it, else what it looks like."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=_number))
    except (RecursionError, ValueError, TypeError):
        return as_json(value)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(value)


def plural(count: int, noun: str) -> str:
    """`1 break`, `2 breaks`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def spelled(step: str) -> str:
    """A rule's step for no change in particular: `{readers}` is `readers`."""
    words = {"field": "the field", "new": "the new one", "table": "the table"}
    return re.sub(r"\{(\w+)\}", lambda name: words.get(name[1], name[1]), step)


def listed(names: Iterable[str]) -> str:
    """`ReceiptWitness, API`; each once."""
    return ", ".join(dict.fromkeys(names))
