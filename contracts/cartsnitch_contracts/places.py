"""Places in an event, as people name them: `payload.prices[0].sale_price`, or `payload.prices[]` for each.

A path is the same in steps: a string for a field, an integer for an item, `EACH` for every item.
"""

import copy
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

EACH = None
"""The step that stands for every item of a list."""
type Step = str | int | None
type Path = tuple[Step, ...]

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_TOKEN = re.compile(r"""\.?([A-Za-z_$][\w$-]*)|\[(\d*)\]|\[("(?:[^"\\]|\\.)*")\]""")


def show(path: Sequence[Step]) -> str:
    """The path as text; the whole event is `event`."""
    text = ""
    for step in path:
        if step is None:
            text += "[]"
        elif isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text or "event"


def parse(text: str) -> Path:
    """The path that `show` gives as `text`; raises ValueError for anything else."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token[0].startswith(".") and not steps):
            raise ValueError(
                f"{text!r} is no place in an event; write it like 'payload.prices[0].sale_price'"
            )
        field, index, quoted = token.groups()
        if quoted is not None:
            steps.append(str(json.loads(quoted)))
        elif index is not None:
            steps.append(int(index) if index else EACH)
        else:
            steps.append(field)
        position = token.end()
    return () if steps == ["event"] else tuple(steps)


def pattern(path: Sequence[Step]) -> Path:
    """The path with every index turned into `EACH`."""
    return tuple(EACH if isinstance(step, int) else step for step in path)


def find(value: Any, path: Path) -> Iterator[Path]:
    """Every place in `value` that `path` names: none when it is absent, several for `EACH`."""
    if not path:
        yield ()
        return
    step, rest = path[0], path[1:]
    if step is None and isinstance(value, list):
        keys: Sequence[Step] = range(len(value))
    elif isinstance(value, dict):
        keys = [step] if step in value else []
    else:
        keys = [step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else []
    for key in keys:
        yield from ((key, *below) for below in find(value[key], rest))


def get(value: Any, path: Path) -> Any:
    """What stands at a place; raises LookupError or TypeError where nothing does."""
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy of `value` with `new` at the place; the place's parent must exist.

    What does not lie on the way is shared with `value`.
    """
    if not path:
        return new
    changed, holder = _copied(value, path[:-1])
    holder[path[-1]] = new
    return changed


def drop(value: Any, path: Path) -> Any:
    """A copy of `value` without the field or item at the place; the rest is shared as in `put`."""
    changed, holder = _copied(value, path[:-1])
    del holder[path[-1]]
    return changed


def _copied(value: Any, path: Path) -> tuple[Any, Any]:
    """A copy along the way to a place, and the copy's part at that place."""
    changed = holder = copy.copy(value)
    for step in path:
        holder[step] = copy.copy(holder[step])
        holder = holder[step]
    return changed, holder


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that holds no other, with its place; an empty object or list counts."""
    children: Iterator[tuple[Step, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    empty = True
    for step, child in children:
        empty = False
        yield from leaves(child, (*path, step))
    if empty:
        yield path, value
