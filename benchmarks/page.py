"""A page of the documentation whose tables a benchmark writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

BEGIN: Final = "<!-- measured -->"
END: Final = "<!-- /measured -->"


def write_tables(page: Path, tables: Sequence[str]) -> None:
    """Put the tables between the two marks of the page, in place of those that stand there."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{page} has no {BEGIN} with {END} below, between which the tables go.")
    page.write_text("\n\n".join((f"{before}{BEGIN}", *tables, f"{END}{after}")))
