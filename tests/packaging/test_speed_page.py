"""The page on speed holds tables that a benchmark wrote."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "speed.md").read_text(encoding="utf-8")


def test_the_page_has_a_table_for_each_question():
    """Ways against each other, the targets, and what grows with tables, rows and workers; none is empty."""
    tables = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]

    assert len(tables) >= 4
    for table in tables:
        title, _, body = table.partition("\n")
        rows = [line for line in body.splitlines() if line.startswith("|")]
        assert len(rows) > 2, title
    assert re.search("tables.*rows.*workers", PAGE, re.DOTALL | re.IGNORECASE)
