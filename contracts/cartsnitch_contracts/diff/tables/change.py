"""One change of the database's documents, and the objections that it explains."""

from dataclasses import dataclass

from cartsnitch_contracts.diff.tables.objection import Aspect


@dataclass(frozen=True)
class Change:
    """A change of one table.

    Attributes:
        rule: the id of its rule.
        table: the table, by its old name where it has two.
        place: the column or constraint; empty for the whole table.
        summary: what changed, in a few words.
        explains: the aspects and places of the objections that it causes.
        new_place: the new name, where it seems to have one.
        notes: what else to know, a sentence each.
    """

    rule: str
    table: str
    place: str
    summary: str
    explains: frozenset[tuple[Aspect, str]] = frozenset()
    new_place: str | None = None
    notes: tuple[str, ...] = ()


def fails_if(table: str, what: str) -> tuple[str, ...]:
    """The note on a migration that cannot run on the rows that are there."""
    return (f"the migration itself fails if {what.format(table=table)}",)
