"""What the commands say, and where."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

out: Final = Console(highlight=False, soft_wrap=True)


def say(text: str = "") -> None:
    """Print a line as it is, without markup or colour."""
    out.print(Text(text))


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns, two blanks apart; the first row is the heading."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
