"""The text of statements, to be shown; nothing here is run."""

from collections.abc import Mapping


def select(table: str, column: str, equal_to: str = "") -> str:
    """One column of all rows, or of those where it equals a value."""
    where = f" WHERE {table}.{column} = {equal_to}" if equal_to else ""
    return f"SELECT {table}.{column} FROM {table}{where}"  # noqa: S608


def insert(table: str, values: Mapping[str, str]) -> str:
    """One row."""
    if not values:
        return f"INSERT INTO {table} DEFAULT VALUES"
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"  # noqa: S608


def update(table: str, column: str, value: str) -> str:
    """One column of all rows."""
    return f"UPDATE {table} SET {column} = {value}"  # noqa: S608


def delete(table: str, key: Mapping[str, str]) -> str:
    """The row of a key."""
    where = " AND ".join(f"{column} = {value}" for column, value in key.items())
    return f"DELETE FROM {table} WHERE {where}"  # noqa: S608
