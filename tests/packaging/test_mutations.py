"""The changes that `make mutations` tries, without trying them: they still fit the code that they change."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / ".ci"))
import mutations  # noqa: E402 (a script beside the package)

KINDS = ("mistakes", "refactorings")
CHANGES = [change for kind in KINDS for change in mutations.read(kind, "")]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.where}: {change.name}")
def test_a_change_fits_its_file(change):
    """Its text stands there once, and what comes of it is Python and not the same."""
    changed = change.made()

    ast.parse(changed)
    assert changed != change.source.read_text(encoding="utf-8")
    assert all(
        (ROOT / there).is_file() and not (ROOT / here).exists() for there, here in change.copies.items()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_forty_in_all_three_places(kind):
    """Each by a name of its own."""
    changes = mutations.read(kind, "")

    assert len({change.name for change in changes}) == len(changes) == 40
    assert set(Counter(change.where for change in changes)) == {"common", "receiptwitness", "stickershock"}


def test_a_change_that_does_not_fit_says_so(tmp_path):
    """With its name, the file, and the text that it looked for."""
    change = mutations.Change(
        "a wrong one", "receiptwitness", "src/receiptwitness/main.py", "no such text", ""
    )

    with pytest.raises(SystemExit, match=r"'a wrong one': its text stands 0 times in .*main.py, not once"):
        change.made()
