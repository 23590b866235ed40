"""What a rule means, and the way out."""

import difflib
from typing import Annotated

import typer

from cartsnitch_cli.contracts.console import say, table
from cartsnitch_contracts.diff.rules import RULES
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.reports.words import spelled


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


def _nearest(rule: str) -> str:
    near = difflib.get_close_matches(rule.lower(), RULES, n=3, cutoff=0.5)
    near = near or [known for known in RULES if set(rule.lower().split("-")) & set(known.split("-"))][:3]
    if near:
        return f"Is it {' or '.join(near)}? 'cartsnitch contracts explain' lists all."
    return "'cartsnitch contracts explain' lists all."
