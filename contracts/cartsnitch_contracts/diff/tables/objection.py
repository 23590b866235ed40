"""What a schema does not take of what a version's mappers send."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cartsnitch_contracts.inclusion import Verdict


class Aspect(StrEnum):
    """What of a table is at fault."""

    TABLE = "table"
    PRESENCE = "presence"
    TYPE = "type"
    NULL = "null"
    DEFAULT = "default"
    CHECK = "check"
    UNIQUE = "unique"
    FOREIGN = "foreign key"
    INDEX = "index"


class Statement(StrEnum):
    """The kind of statement at fault; only who sends such ones is concerned."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True)
class Objection:
    """One statement that fails, or does something else than its sender expects.

    Attributes:
        aspect: what of the table is at fault.
        place: the column's or the constraint's name.
        statement: its kind.
        table: whose readers or writers send it.
        sql: the statement, ready to be run on the schema; the smallest that shows it.
        sqlstate: PostgreSQL's code; empty when no statement fails, and `reason` says what happens instead.
        message: what PostgreSQL says.
        before: statements that make the rows which it needs.
        reason: why it is unproven that the sender minds.
    """

    aspect: Aspect
    place: str
    statement: Statement
    table: str
    sql: str = ""
    sqlstate: str = ""
    message: str = ""
    before: tuple[str, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Breaking where a statement fails, else unproven."""
        return Verdict.BREAKING if self.sqlstate else Verdict.UNPROVEN

    @property
    def witness(self) -> dict[str, Any] | None:
        """The statement and what PostgreSQL says to it, as a finding shows it."""
        if not self.sqlstate:
            return None
        shown: dict[str, Any] = {"sql": self.sql, "sqlstate": self.sqlstate, "message": self.message}
        return shown | {"before": list(self.before)} if self.before else shown
