"""What a rule means, and the way out."""

import difflib
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated, Any, Final

import typer

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_contracts.diff.rules import RULES
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.reports.words import spelled

CASES: Final = "cases"
"""The folder of `cartsnitch_contracts.diff` with each rule's case that breaks and the one that is allowed."""
MOST_LINES: Final = 24
"""So much of what changes in a case is shown."""


def explain(
    rule: Annotated[
        str, typer.Argument(metavar="[RULE]", help="A rule's id; without it, all are listed.")
    ] = "",
) -> None:
    """Say what a rule is about, what to do, and how the change is made safely."""
    if not rule:
        for line in table([("RULE", "PURPOSE"), *((each.id, each.purpose) for each in RULES.values())]):
            say(line)
        return
    found = RULES.get(rule.strip().lower().replace("_", "-"))
    if found is None:
        raise DocumentError(f"There is no rule {rule!r}. {_nearest(rule)}")
    say(f"{found.id}  ({found.subject})")
    say(f"  {found.purpose}")
    say(f"  fix     {found.fix}")
    for number, step in enumerate(found.steps, 1):
        say(f"  {'do' if number == 1 else '':<6}  {number} {spelled(step)}")
    for name in ("breaks", "allowed"):
        for line in _case(found.id, name):
            say(line)


def _nearest(rule: str) -> str:
    near = difflib.get_close_matches(rule.lower(), RULES, n=3, cutoff=0.5)
    near = near or [known for known in RULES if set(rule.lower().split("-")) & set(known.split("-"))][:3]
    if near:
        return f"Is it {' or '.join(near)}? 'cartsnitch contracts explain' lists all."
    return "'cartsnitch contracts explain' lists all."


def _case(rule: str, name: str) -> Iterator[str]:
    """What a case is about, and how its new version differs from the old."""
    file = files("cartsnitch_contracts.diff") / CASES / rule / f"{name}.json"
    if not file.is_file():
        return
    case = json.loads(file.read_bytes())
    yield f"  {name:<7} {case['about']}"
    changes = difflib.unified_diff(_lines(case["old"]), _lines(case["new"]), n=1, lineterm="")
    lines = [line for line in changes if not line.startswith(("---", "+++", "@@"))]
    yield from (f"          {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"          ... and {len(lines) - MOST_LINES} lines more"


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value.get("writer") == value.get("reader") and "writer" in value:
        value = value["writer"]
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
