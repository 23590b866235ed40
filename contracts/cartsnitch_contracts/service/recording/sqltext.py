"""Which tables and columns the text of an SQL statement names.

It counts too much rather than too little: a name is a column of every table in the statement that has one so
called, and a table that is not known makes the whole statement unknown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][\w$]*)|([(),.*;])')
_NOT_NAMES: Final = re.compile(r"%(?:\(\w+\))?[sbt]|::\w+|\$\d+")
"""Parameters and casts."""
_PIECE: Final = re.compile(
    r"""(\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)"""
    r"|--[^\r\n]*|/\*(?P<comment>.*?)(?:\*/|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""What may not be taken for a comment, and comments."""
_COUNT: Final = re.compile(r"\bcount\s*\(\s*\*\s*\)", re.IGNORECASE)
_NO_TARGET: Final = re.compile(
    r"\b(?:FOR\s+(?:NO\s+KEY\s+)?UPDATE|DO\s+UPDATE\s+SET|DISTINCT\s+FROM)\b", re.IGNORECASE
)
"""Where FROM and UPDATE are not followed by a table."""
_TARGETS: Final = ("from", "join", "into", "update", "using", "table", "copy")
_FILLERS: Final = ("only", "lateral")
_CATALOGUES: Final = ("pg_", "information_schema", "sqlite_")
_NO_TABLES: Final = ("(", ")", ",", ".", "*", ";", "select", "values", "set", "stdin", "stdout")
_WRITES: Final = ("insert", "update", "delete", "merge", "truncate")
_OPAQUE: Final = ("call", "do", "execute")
_ALL: Final = ("natural", "row", "row_to_json", "to_json", "to_jsonb", "json_agg", "jsonb_agg", "array_agg")
"""What takes whole rows."""
_BEFORE_A_STAR: Final = ("select", "distinct", "all", "returning", "(", ",", ".")
_BEFORE_A_TABLE: Final = ("", *_TARGETS, *_FILLERS, ".", "as", "of")
"""Where the name of a table, or its alias, stands for no value."""
_NO_ALIASES: Final = ("on", "select", "table", "using", "values", "default", "when")
_MADE_OR_CHANGED: Final = (
    *("create", "temporary", "temp", "unlogged", "foreign"),
    *("alter", "drop", "truncate", "lock", "on"),
)
"""Before TABLE, where it does not ask for all of one."""


@dataclass(frozen=True)
class Uses:
    """What a statement uses.

    Attributes:
        reads: the columns that it reads, by table.
        writes: the tables that it writes.
        unknown: whether it may read what cannot be told.
    """

    reads: Mapping[str, frozenset[str]]
    writes: frozenset[str] = frozenset()
    unknown: bool = False


class Reading:
    """Reads statements on a schema: the names of each table's columns."""

    def __init__(self, schema: Mapping[str, Sequence[str]]) -> None:
        self._schema = schema
        self._columns = frozenset(column for columns in schema.values() for column in columns)
        self.uses = lru_cache(maxsize=4096)(self._uses)

    def _uses(self, text: str) -> Uses:
        nested = any("/*" in (each["comment"] or "") for each in _PIECE.finditer(text))
        text = _PIECE.sub(lambda each: each[1] or " ", text)
        cleaned = _COUNT.sub("count(1)", _NO_TARGET.sub(" ", _NOT_NAMES.sub(" ", text)))
        words = [quoted or word.lower() or sign for quoted, word, sign in _TOKEN.findall(cleaned)]
        if not words:
            return Uses({})
        writes = frozenset(self._written(words))
        read = _read_by_an_insert(words) if words[0] == "insert" and not _asks(words) else words
        tables = [table for table in self._schema if table in words]
        names = frozenset(self._columns if self._takes_all(read, tables) else read)
        reads = {table: names & frozenset(self._schema[table]) for table in tables}
        unknown = nested or words[0] in _OPAQUE
        unknown = unknown or any(self._is_strange(each, words) for each in _targets(words))
        return Uses(
            {table: columns for table, columns in reads.items() if columns or table not in writes},
            writes,
            unknown,
        )

    def _written(self, words: Sequence[str]) -> Iterator[str]:
        for place, word in enumerate(words):
            copied = place == 0 and word == "copy" and "from" in words and words[1:2] != ["("]
            if word in _WRITES or copied:
                yield from [each for each in words[place + 1 :] if each in self._schema][:1]

    def _takes_all(self, words: Sequence[str], tables: Sequence[str]) -> bool:
        """Whether it takes all columns: by a star, or by a table or its alias in the place of a value."""
        if words[:1] == ["copy"] or _is_table_asked(words) or not set(words).isdisjoint(_ALL):
            return True
        rows = {*tables, *_aliases(words, tables)}
        words = list(_distinct_on(words))
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            if word == "*" and before in _BEFORE_A_STAR:
                return True
            if word in rows and after != "." and before not in (*_BEFORE_A_TABLE, *tables):
                return True
        return False

    def _is_strange(self, target: str, words: Sequence[str]) -> bool:
        """Whether a name in the place of a table is none, and the statement does not define it."""
        if target in self._schema or target in self._columns or target.startswith(_CATALOGUES):
            return False
        return not any(
            name == target and "as" in words[place + 1 :]
            for place, name in enumerate(words[:-1])
            if words[place - 1] in ("with", "recursive", ",")
        )


def _asks(words: Sequence[str]) -> bool:
    """Whether there is a query in the statement."""
    return "select" in words or _is_table_asked(words)


def _is_table_asked(words: Sequence[str]) -> bool:
    """Whether `TABLE name` asks for all of a table, anywhere."""
    return any(
        word == "table" and before not in _MADE_OR_CHANGED
        for before, word in zip(["", *words], words, strict=False)
    )


def _distinct_on(words: Sequence[str]) -> Iterator[str]:
    """The words, with a comma for the parenthesis after which DISTINCT ON has its first value."""
    depths: list[int] = []
    depth = 0
    for place, word in enumerate(words):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "(" and list(words[max(place - 2, 0) : place]) == ["distinct", "on"]:
            depths.append(depth)
        closed = word == ")" and depths[-1:] == [depth + 1]
        if closed:
            depths.pop()
        yield "," if closed else word


def _read_by_an_insert(words: Sequence[str]) -> list[str]:
    """What an INSERT of values reads: what it returns, and what it does about conflicts."""
    places = [place for place, word in enumerate(words) if word in ("returning", "conflict")]
    return list(words[min(places) :]) if places else []


def _aliases(words: Sequence[str], tables: Sequence[str]) -> Iterator[str]:
    for place, (word, after) in enumerate(pairwise(words)):
        if word in tables and after.isidentifier() and after not in (*_NO_ALIASES, *_ENDS):
            yield words[place + 2] if after == "as" and place + 2 < len(words) else after


def _targets(words: Sequence[str]) -> Iterator[str]:
    """The names that stand for tables, because of where they are. Functions in their place are left out."""
    for place, word in enumerate(words):
        if word in _TARGETS:
            yield from _listed(words[place + 1 :], many=word == "from")


def _listed(words: Sequence[str], *, many: bool) -> Iterator[str]:
    rest = list(words)
    while rest:
        while rest and rest[0] in _FILLERS:
            rest.pop(0)
        while rest[1:2] == ["."] and not rest[0].startswith(_CATALOGUES):
            rest = rest[2:]
        if rest and rest[0] not in _NO_TABLES and rest[1:2] != ["("]:
            yield rest[0]
        depth = 0
        while rest and (depth or rest[0] != ","):
            depth += {"(": 1, ")": -1}.get(rest[0], 0)
            if depth < 0 or (not depth and rest[0] in _ENDS):
                return
            rest.pop(0)
        if not many:
            return
        rest = rest[1:]


_ENDS: Final = (
    *("where", "group", "order", "having", "limit", "offset", "union", "except", "intersect", "returning"),
    *("join", "left", "right", "inner", "outer", "cross", "full", "natural", "window", "fetch", "for", "set"),
    ";",
)
