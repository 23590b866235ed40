"""What the README says about the capabilities that a fake lacks, and what it should say."""

import re
from collections.abc import Mapping
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def table(lacks: Mapping[str, str]) -> str:
    """The README's table, as Markdown."""
    rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in sorted(lacks.items()))
    return f"| capability | what the fake does instead |\n|---|---|\n{rows}"


def table_in_readme(name: str) -> str:
    """What stands in the README after `<!-- lacks:NAME -->`, up to `<!-- lacks:end -->`."""
    text = README.read_text(encoding="utf-8")
    return re.search(rf"<!-- lacks:{name} -->\n+(.*?)\n*<!-- lacks:end -->", text, re.DOTALL)[1] + "\n"
