"""A rule's safe steps, with the names of who must act."""

from collections.abc import Iterable, Sequence

from cartsnitch_contracts.diff.rules import RENAMING, RULES
from cartsnitch_contracts.diff.schema.change import Change
from cartsnitch_contracts.topology import title


def steps(rule: str, change: Change, readers: Iterable[str], writers: Iterable[str]) -> tuple[str, ...]:
    """The safe way to make a change of a schema."""
    field = field_of(change)
    new = str(change.new_path[-1]) if change.new_path else ""
    return filled(RENAMING if change.new_path else RULES[rule].steps, field, writers, readers, new=new)


def field_of(change: Change) -> str:
    """What steps call the changed thing."""
    return str(change.path[-1] or "its items") if change.path else "the payload"


def filled(
    chosen: Sequence[str],
    field: str,
    writers: Iterable[str],
    readers: Iterable[str],
    *,
    new: str = "",
    unnamed: str = "the writers",
) -> tuple[str, ...]:
    """The steps with the names put in; `unnamed` is what writers are called whom nobody names."""
    words = {
        "field": field,
        "new": new,
        "readers": names(readers) or "the readers",
        "writers": names(writers) or unnamed,
        "table": "",
    }
    return tuple(step.format(**words) for step in chosen)


def names(services: Iterable[str]) -> str:
    """`StickerShock, API`, each once."""
    return ", ".join(dict.fromkeys(map(title, services)))
