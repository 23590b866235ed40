"""What a second delivery of an event leaves behind that the first one did not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cartsnitch_contracts.service.consumes.surroundings import Entries, Surroundings
from cartsnitch_contracts.validation import brief


@dataclass(frozen=True)
class State:
    """What there is after a delivery: rows by table, entries by key of Redis, and what was published."""

    rows: Entries
    keys: Entries
    published: Sequence[str]

    @classmethod
    def of(cls, surroundings: Surroundings) -> "State":
        """What there is now."""
        return cls(surroundings.rows(), surroundings.keys(), surroundings.published())


def differences(once: State, twice: State) -> list[str]:
    """Each as a line of a report."""
    return [
        *_of_rows(once.rows, twice.rows),
        *_of_keys(once.keys, twice.keys),
        *(f"sent     once more: {brief(each)}" for each in _added(once.published, twice.published)),
    ]


def _of_rows(once: Entries, twice: Entries) -> Iterator[str]:
    for table in twice:
        more, less = _added(once[table], twice[table]), _added(twice[table], once[table])
        yield from (f"rows     {table}: then there is {brief(row)}" for row in more)
        yield from (f"rows     {table}: gone is {brief(row)}" for row in less)


def _of_keys(once: Entries, twice: Entries) -> Iterator[str]:
    for key in dict.fromkeys((*once, *twice)):
        if once.get(key) != twice.get(key):
            yield f"redis    {_of_key(key, once.get(key), twice.get(key))}"


def _of_key(key: str, once: Sequence[str] | None, twice: Sequence[str] | None) -> str:
    if once is None or twice is None:
        return f"gone is {key}" if twice is None else f"then there is {key}"
    now, before = str(len(twice)), str(len(once))
    if now != before:
        now += " entry" if len(twice) == 1 else " entries"
    elif more := _added(once, twice):
        now, before = brief(more[0]), brief(_added(twice, once)[0])
    else:
        now, before = "its entries in one order", "them in another"
    return f"{key} has {now}, and had {before} after the first delivery"


def _added(once: Sequence[str], twice: Sequence[str]) -> list[str]:
    left = list(once)
    added = []
    for each in twice:
        if each in left:
            left.remove(each)
        else:
            added.append(each)
    return added
