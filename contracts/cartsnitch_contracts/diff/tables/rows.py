"""Small rows that a schema takes, as SQL: to show what one statement does to it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cartsnitch_contracts.database.document import DatabaseDocument
from cartsnitch_contracts.diff.tables import sqltypes, statements
from cartsnitch_contracts.diff.tables.conditions import Range, inside, ranges_of
from cartsnitch_contracts.diff.tables.sqltypes import SqlType, parse

type Values = Mapping[str, str]

ORPHAN = 9
"""The number of a row that is never made."""


class Rows:
    """Rows for a schema, preferably such as the sender's own schema takes too; each has a number."""

    def __init__(self, schema: DatabaseDocument, sender: DatabaseDocument) -> None:
        self.schema, self.sender = schema, sender
        self._values: dict[tuple[str, int], dict[str, str]] = {}

    def value(self, table: str, column: str, number: int = 1, seen: frozenset[str] = frozenset()) -> str:
        """A column's value in the row of that number, in SQL; a foreign key's is its parent's.

        `seen` are the tables on the way, for keys that refer to each other in a circle.
        """
        takes, seen = self.schema.tables[table], seen | {table}
        for key in takes.foreign_keys.values():
            if column in key.columns and key.table in self.schema.tables.keys() - seen:
                target = key.target[key.columns.index(column)]
                return self.value(key.table, target, number, seen)
        sends = self.sender.tables.get(table, takes)
        values = takes.values_of(column)
        shared = [value for value in values if value in sends.values_of(column)] or list(values)
        if shared:
            return f"'{shared[(number - 1) % len(shared)]}'"
        kind = parse(takes.columns[column].type)
        ranges = [*ranges_of(takes, column), *ranges_of(sends, column)]
        return _literal(kind, number, ranges)

    def insert(
        self, table: str, values: Values | None = None, number: int = 1, *, leave_out: str = ""
    ) -> str:
        """The shortest INSERT: the values that the schema demands but for `leave_out`, and those given."""
        chosen = {**self.insert_values(table, number), **(values or {})}
        chosen.pop(leave_out, None)
        return statements.insert(table, chosen)

    def parents(
        self,
        table: str,
        given: Iterable[str] = (),
        number: int = 1,
        *,
        without: Iterable[str] = (),
        seen: frozenset[str] = frozenset(),
    ) -> tuple[str, ...]:
        """The INSERTs of all rows that such a row refers to, but for the foreign keys named in `without`."""
        named, seen = {*self.insert_values(table, number), *given}, seen | {table}
        made: dict[str, None] = {}
        for name, key in self.schema.tables[table].foreign_keys.items():
            skipped = name in without or key.table not in self.schema.tables.keys() - seen
            if skipped or not named.intersection(key.columns):
                continue
            target = {column: self.value(key.table, column, number) for column in key.target}
            before = self.parents(key.table, key.target, number, seen=seen)
            made |= dict.fromkeys((*before, self.insert(key.table, target, number)))
        return tuple(made)

    def insert_values(self, table: str, number: int = 1) -> dict[str, str]:
        """What a row must have, and its primary key, so that rows of two numbers differ."""
        if (table, number) not in self._values:
            takes = self.schema.tables[table]
            keys = {column for key in takes.primary_key.values() for column in key.columns}
            self._values[table, number] = {
                name: self.value(table, name, number)
                for name, column in takes.columns.items()
                if name in keys or not (column.nullable or column.default is not None)
            }
        return self._values[table, number]


def _literal(kind: SqlType, number: int, ranges: list[Range]) -> str:
    if kind.kind in sqltypes.LARGEST or kind.kind in ("numeric", "real", "double precision"):
        step = Decimal(1) if kind.digits is None else Decimal(1).scaleb(-kind.digits[1])
        if not ranges and (kind.digits is None or kind.digits[0]):
            return str(number)
        found = inside(ranges, step)
        return f"{found if found is not None else step:f}"
    if kind.kind in sqltypes.TEXTS:
        return f"'{chr(96 + number)}'"
    return {
        "uuid": f"'00000000-0000-7000-8000-00000000000{number}'",
        "boolean": ("false", "true")[number % 2],
        "date": f"'2026-03-0{number}'",
        "timestamp with time zone": f"'2026-03-0{number} 12:00:00+00'",
        "timestamp without time zone": f"'2026-03-0{number} 12:00:00'",
        "time without time zone": f"'12:00:0{number}'",
        "json": f"'{number}'",
        "jsonb": f"'{number}'",
        "bytea": f"'\\x0{number}'",
    }.get(kind.kind, "DEFAULT")
